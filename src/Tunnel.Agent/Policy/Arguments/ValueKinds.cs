namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary>The types that a condition can be true of; it is false of all others.</summary>
[Flags]
internal enum ValueKinds
{
    None = 0,
    Text = 1,
    Number = 2,
    Boolean = 4,
    Object = 8,
    Array = 16,
    Any = Text | Number | Boolean | Object | Array,
}
