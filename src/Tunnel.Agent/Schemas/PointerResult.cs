namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>The result of following a pointer.</summary>
internal enum PointerResult
{
    Found,

    /// <summary>A member or an element of the path does not exist.</summary>
    Missing,

    /// <summary>
    /// A value on the path has no members or elements, or is an array where the pointer has a member's name.
    /// </summary>
    WrongType,
}
