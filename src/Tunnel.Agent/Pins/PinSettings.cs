namespace Culvert.Tunnel.Agent.Pins;

/// <summary>A route's validated <c>pins</c>.</summary>
internal sealed record PinSettings
{
    public static readonly PinSettings Off = new();

    public PinMode Mode { get; init; }

    /// <summary>The interval of readings of the server's definitions without another reason.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The kinds to compare; others pass as if there were no pins.</summary>
    public IReadOnlyList<PinKind> Kinds { get; init; } = [.. Enum.GetValues<PinKind>()];

    /// <summary>Whether the agent pins the definitions that a server lists first.</summary>
    public bool TrustsFirstUse { get; init; }

    /// <summary>Whether the arguments of calls must match the approved input schema.</summary>
    public bool ValidatesArguments { get; init; } = true;

    public PinAction Added { get; init; } = PinAction.Block;

    public PinAction Removed { get; init; } = PinAction.Alert;

    public PinAction Description { get; init; } = PinAction.Block;

    public PinAction Widened { get; init; } = PinAction.Block;

    public PinAction Narrowed { get; init; } = PinAction.Alert;

    public PinAction RiskUp { get; init; } = PinAction.Block;

    public PinAction RenameSuspect { get; init; } = PinAction.Block;

    /// <summary>The most severe action of all classes; alert without any.</summary>
    public PinAction GetAction(DriftClass classes)
    {
        var action = PinAction.Alert;
        Raise(DriftClass.Added, Added);
        Raise(DriftClass.Removed, Removed);
        Raise(DriftClass.Description, Description);
        Raise(DriftClass.Widened, Widened);
        Raise(DriftClass.Narrowed, Narrowed);
        Raise(DriftClass.RiskUp, RiskUp);
        Raise(DriftClass.RenameSuspect, RenameSuspect);
        return action;

        void Raise(DriftClass one, PinAction its)
        {
            if ((classes & one) != 0 && its > action)
            {
                action = its;
            }
        }
    }

    /// <summary>The name in records and the log.</summary>
    public static string ToText(PinAction action) =>
        action switch
        {
            PinAction.ServePinned => "serve_pinned",
            PinAction.Block => "block",
            PinAction.Quarantine => "quarantine",
            _ => "alert",
        };
}
