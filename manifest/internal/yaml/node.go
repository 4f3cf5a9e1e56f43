package yaml

import "fmt"

// Kind is the kind of a value.
type Kind uint8

// The kinds. The zero value is Null.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Map
)

func (k Kind) String() string {
	return [...]string{"null", "a boolean", "a number", "a string", "a list", "a map"}[k]
}

// Node is a value of a document. Its zero value is a null. Nodes may share their members, so do not
// change them.
type Node struct {
	Kind Kind
	// Line is where the value begins: 1 is the first line.
	Line int
	// Text is the value of a String; a Number or a Bool as JSON writes it; and empty for others.
	Text string
	// Members are those of a Map in the order of the document, or the items of a List, which have
	// no keys. They are nil for others.
	Members []Member
}

// Member is a key of a map and its value, or an item of a list.
type Member struct {
	Key string
	// Line is where the key or the dash is: 1 is the first line.
	Line  int
	Value Node
}

// Get returns the value of a key. It is a Null without a line if n is no map or lacks the key, and
// never nil.
func (n *Node) Get(key string) *Node {
	if n.Kind == Map {
		for i := range n.Members {
			if m := &n.Members[i]; m.Key == key {
				return &m.Value
			}
		}
	}
	return &Node{}
}

// Error says what is wrong with a document.
type Error struct {
	// Line is where: 1 is the first line.
	Line    int
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Message) }
