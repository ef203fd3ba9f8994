namespace Culvert.Identity.Service.Doctor;

internal sealed record HsmState
{
    /// <summary>Why the login failed; null if it succeeded.</summary>
    public string? Error { get; init; }

    public IReadOnlyList<HsmKeyState> Keys { get; init; } = [];
}
