//go:build linux && !cgo

#include "textflag.h"

// Signals 1, 2, 3, 6 and 15: SIGHUP, SIGINT, SIGQUIT, SIGABRT and SIGTERM.
#define ASK_TO_END $0x804e

#define SYS_rt_sigaction $134
#define SYS_exit_group $94

// The runtime's handler, once it is known. It has one for all signals.
GLOBL ·handler(SB), NOPTR, $8

DATA _cgo_sigaction(SB)/8, $·install(SB)
GLOBL _cgo_sigaction(SB), NOPTR, $8

// install is what the runtime calls to install a signal handler (early.go), in the way
// that C functions are called:
//
//	install(R0 signal, R1 new *sigaction, R2 old *sigaction) R0 errno
//
// A sigaction is the kernel's, which begins with the handler.
TEXT ·install(SB), NOSPLIT|NOFRAME, $0
	CMPW	$32, R0
	BCS	call
	MOVD	ASK_TO_END, R3
	LSR	R0, R3, R3
	TBZ	$0, R3, call
	CBZ	R1, call
	MOVD	(R1), R3
	CMP	$1, R3 // SIG_DFL is 0, and SIG_IGN 1
	BLS	call
	MOVD	R3, ·handler(SB)
	MOVD	$·handle(SB), R3
	MOVD	R3, (R1)
call:
	MOVD	$8, R3 // bytes of a signal mask
	MOVD	SYS_rt_sigaction, R8
	SVC
	NEG	R0, R0
	RET

// handle(R0 signal, R1 info, R2 context) is called by the kernel.
TEXT ·handle(SB), NOSPLIT|NOFRAME, $0
	MOVWU	·ready(SB), R3
	CBZW	R3, early
	MOVD	·handler(SB), R3
	JMP	(R3)
early:
	ADDW	$128, R0
	MOVD	SYS_exit_group, R8
	SVC
	BRK

DATA early<>+0(SB)/8, $·handle(SB)
DATA early<>+8(SB)/8, $0 // no flags
DATA early<>+16(SB)/8, $0 // no signal is blocked meanwhile
GLOBL early<>(SB), NOPTR, $24

// Entry is the program's first function, where the linker is asked for that with -E. It
// installs handle for what is not ignored, and goes on to the runtime's own first
// function. The arguments are at RSP, where the runtime expects them.
TEXT ·Entry(SB), NOSPLIT|NOFRAME, $0
	SUB	$32, RSP
	MOVD	$16, R9
next:
	SUB	$1, R9
	CBZ	R9, done
	MOVD	ASK_TO_END, R3
	LSR	R9, R3, R3
	TBZ	$0, R3, next
	MOVD	R9, R0
	MOVD	$0, R1
	MOVD	RSP, R2
	MOVD	$8, R3
	MOVD	SYS_rt_sigaction, R8
	SVC
	MOVD	(RSP), R3
	CBNZ	R3, next // not SIG_DFL: it is ignored, and stays so
	MOVD	R9, R0
	MOVD	$early<>(SB), R1
	MOVD	$0, R2
	MOVD	$8, R3
	MOVD	SYS_rt_sigaction, R8
	SVC
	JMP	next
done:
	ADD	$32, RSP
	JMP	_rt0_arm64_linux(SB)
