namespace Culvert.Identity.Service.Doctor;

/// <summary>What the HSM said.</summary>
internal sealed record HsmState
{
    /// <summary>Why it could not be logged in to; null when it could.</summary>
    public string? Error { get; init; }

    public IReadOnlyList<HsmKeyState> Keys { get; init; } = [];
}
