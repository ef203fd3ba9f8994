namespace Culvert.Tunnel.Agent.Pins;

/// <summary>A route's <c>pins</c>, validated.</summary>
internal sealed record PinSettings
{
    public static readonly PinSettings Off = new();

    public PinMode Mode { get; init; }

    /// <summary>How often the server's definitions are read when nothing else is a reason to.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Kinds that are compared; the others pass as if there were no pins.</summary>
    public IReadOnlyList<PinKind> Kinds { get; init; } = [.. Enum.GetValues<PinKind>()];

    /// <summary>Whether the agent itself pins what a server lists the first time.</summary>
    public bool TrustsFirstUse { get; init; }

    /// <summary>Whether the arguments of calls must match the input schema that was approved.</summary>
    public bool ValidatesArguments { get; init; } = true;

    public PinAction Added { get; init; } = PinAction.Block;

    public PinAction Removed { get; init; } = PinAction.Alert;

    public PinAction Description { get; init; } = PinAction.Block;

    public PinAction Widened { get; init; } = PinAction.Block;

    public PinAction Narrowed { get; init; } = PinAction.Alert;

    public PinAction RiskUp { get; init; } = PinAction.Block;

    public PinAction RenameSuspect { get; init; } = PinAction.Block;

    /// <summary>The gravest action of all classes; alert for none.</summary>
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

    /// <summary>As records and the log name it.</summary>
    public static string ToText(PinAction action) =>
        action switch
        {
            PinAction.ServePinned => "serve_pinned",
            PinAction.Block => "block",
            PinAction.Quarantine => "quarantine",
            _ => "alert",
        };
}
