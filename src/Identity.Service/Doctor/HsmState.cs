namespace Culvert.Identity.Service.Doctor;

internal sealed record HsmState
{
    public string? Error { get; init; }

    public IReadOnlyList<HsmKeyState> Keys { get; init; } = [];
}
