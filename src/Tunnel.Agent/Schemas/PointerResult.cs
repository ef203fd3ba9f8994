namespace Culvert.Tunnel.Agent.Schemas;

internal enum PointerResult
{
    Found,

    /// <summary>A member or an element of the path does not exist.</summary>
    Missing,

    /// <summary>A value on the path has no members or elements, or is an array and the name is not an index.</summary>
    WrongType,
}
