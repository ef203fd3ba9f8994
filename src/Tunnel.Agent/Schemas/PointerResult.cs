namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>What a pointer leads to.</summary>
internal enum PointerResult
{
    Found,

    /// <summary>A member or an element on the way is not there.</summary>
    Missing,

    /// <summary>A value on the way has no members or elements, or is an array and the pointer names a member.</summary>
    WrongType,
}
