using Culvert.Jose.Refusals;

namespace Culvert.Jose.Keys;

/// <summary>A key of a set that is not used, and the reason.</summary>
/// <param name="Index">Position in the set's <c>keys</c>, from zero.</param>
/// <param name="KeyId">Its <c>kid</c>, if it has a valid one.</param>
/// <param name="Reason">Never <see cref="JoseRefusal.None"/>.</param>
public sealed record DroppedKey(int Index, string? KeyId, JoseRefusal Reason);
