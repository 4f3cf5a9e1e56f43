//go:build linux && !cgo

#include "textflag.h"

// Signals 1, 2, 3, 6 and 15: SIGHUP, SIGINT, SIGQUIT, SIGABRT and SIGTERM.
#define ASK_TO_END $0x804e

#define SYS_rt_sigaction $13
#define SYS_exit_group $231

// The runtime's handler, once it is known. It has one for all signals.
GLOBL ·handler(SB), NOPTR, $8

DATA _cgo_sigaction(SB)/8, $·install(SB)
GLOBL _cgo_sigaction(SB), NOPTR, $8

// install is what the runtime calls to install a signal handler (early.go), in the way
// that C functions are called:
//
//	install(DI signal, SI new *sigaction, DX old *sigaction) AX errno
//
// A sigaction is the kernel's, which begins with the handler.
TEXT ·install(SB), NOSPLIT|NOFRAME, $0
	CMPL	DI, $32
	JCC	call
	MOVL	ASK_TO_END, AX
	BTL	DI, AX
	JCC	call
	TESTQ	SI, SI
	JEQ	call
	MOVQ	(SI), AX
	CMPQ	AX, $1 // SIG_DFL is 0, and SIG_IGN 1
	JLS	call
	MOVQ	AX, ·handler(SB)
	LEAQ	·handle(SB), AX
	MOVQ	AX, (SI)
call:
	MOVL	$8, R10 // bytes of a signal mask
	MOVL	SYS_rt_sigaction, AX
	SYSCALL
	NEGL	AX
	RET

// handle(DI signal, SI info, DX context) is called by the kernel.
TEXT ·handle(SB), NOSPLIT|NOFRAME, $0
	CMPL	·ready(SB), $0
	JEQ	early
	MOVQ	·handler(SB), AX
	JMP	AX
early:
	ADDL	$128, DI
	MOVL	SYS_exit_group, AX
	SYSCALL
	INT	$3

DATA early<>+0(SB)/8, $·handle(SB)
DATA early<>+8(SB)/8, $0x04000000 // SA_RESTORER, without which the kernel calls no handler
DATA early<>+16(SB)/8, $·handle(SB) // the restorer, which is never reached: no early handler returns
DATA early<>+24(SB)/8, $0 // no signal is blocked meanwhile
GLOBL early<>(SB), NOPTR, $32

// Entry is the program's first function, where the linker is asked for that with -E. It
// installs handle for what is not ignored, and goes on to the runtime's own first
// function. The arguments are at SP, where the runtime expects them.
TEXT ·Entry(SB), NOSPLIT|NOFRAME, $0
	SUBQ	$32, SP
	MOVL	$16, BX
next:
	DECL	BX
	JEQ	done
	MOVL	ASK_TO_END, AX
	BTL	BX, AX
	JCC	next
	MOVL	BX, DI
	XORL	SI, SI
	MOVQ	SP, DX
	MOVL	$8, R10
	MOVL	SYS_rt_sigaction, AX
	SYSCALL
	CMPQ	(SP), $0
	JNE	next // not SIG_DFL: it is ignored, and stays so
	MOVL	BX, DI
	LEAQ	early<>(SB), SI
	XORL	DX, DX
	MOVL	$8, R10
	MOVL	SYS_rt_sigaction, AX
	SYSCALL
	JMP	next
done:
	ADDQ	$32, SP
	JMP	_rt0_amd64_linux(SB)
