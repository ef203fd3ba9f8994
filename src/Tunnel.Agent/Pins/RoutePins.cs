using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>The pins of one route under the settings in force. Lists and calls use the same decision on a name.</summary>
/// <param name="state">The pins and the present differences.</param>
internal sealed class RoutePins(PinSettings settings, PinState state, PinReporter reporter, TimeProvider time)
{
    public const string Unavailable = "pins_unavailable";

    /// <summary>A difference closes the whole route.</summary>
    public const string Quarantined = "quarantine";

    /// <summary>The definition was not approved.</summary>
    public const string Unpinned = "unpinned";

    /// <summary>The definition differs from the approved one.</summary>
    public const string Drifted = "drift";

    private int isDue;

    public PinSettings Settings => settings;

    public PinState State => state;

    public bool Enforces => settings.Mode == PinMode.Enforce;

    /// <summary>Why every call to the route is refused; null: calls are possible.</summary>
    public string? Closed => Enforces ? state.Problem : null;

    public bool IsQuarantined => Enforces && settings.GetAction(state.OpenClasses) == PinAction.Quarantine;

    /// <summary>Why a name must neither be used nor shown; null: pins allow it.</summary>
    public string? FindDenial(TargetKind kind, string name)
    {
        if (!Enforces || kind == TargetKind.Method)
        {
            return null;
        }

        if (state.Problem is not null)
        {
            return Unavailable;
        }

        return IsQuarantined ? Quarantined
            : kind == TargetKind.Resource ? FindResourceDenial(name)
            : FindDenial(new PinKey(PinKey.ToPinKind(kind), name));
    }

    /// <summary>Whether arguments, and answers under answer rules, must match the approved schemas.</summary>
    public bool ValidatesArguments => Enforces && settings.ValidatesArguments && Covers(PinKind.Tool);

    /// <summary>The first mismatch of a call's arguments with the approved input schema; null without one.</summary>
    public SchemaError? FindError(TargetKind kind, string name, JsonElement arguments) =>
        ValidatesArguments && kind == TargetKind.Tool ? state.FindSchema(name)?.FindError(arguments) : null;

    /// <summary>The approved form of a tool's answers; null if answers are not compared with it.</summary>
    public PinnedSchema? FindOutput(TargetKind kind, string name) =>
        ValidatesArguments && kind == TargetKind.Tool && state.FindSchema(name) is { HasOutput: true } schema
            ? schema
            : null;

    /// <summary>The arguments that headers repeat (<see cref="PinnedSchema.Headers"/>); null without a schema.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? FindHeaders(TargetKind kind, string name) =>
        Enforces && kind == TargetKind.Tool && Covers(PinKind.Tool) ? state.FindSchema(name)?.Headers : null;

    /// <summary>Whether the approved definition of the tool says that it only reads.</summary>
    public bool IsReadOnly(string tool) => Covers(PinKind.Tool) && state.FindSchema(tool) is { IsReadOnly: true };

    /// <summary>The headers that a call of the tool must have, as far as its approved definition is known.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? FindApprovedHeaders(string tool) =>
        Covers(PinKind.Tool) ? state.FindSchema(tool)?.Headers : null;

    /// <summary>Records a list entry, or the instructions, that the server sends to a client.</summary>
    public void Observe(PinKey key, JsonElement entry)
    {
        if (Covers(key.Kind) && state.Observe(key, entry, time.GetUtcNow(), isListed: true) is { } drift)
        {
            reporter.Report(this, drift);
            RequestVerification();
        }
    }

    /// <summary>The definition that replaces the server's for clients; null: they see the server's.</summary>
    public string? FindReplacement(PinKey key) =>
        Enforces && Covers(key.Kind) && state.FindDrift(key) is { } drift && GetAction(drift) == PinAction.ServePinned
            ? state.FindPinned(key)?.Json
            : null;

    /// <summary>Whether clients see the server's instructions, after they were observed.</summary>
    public bool ShowsInstructions =>
        !Enforces || (state.Problem is null && !IsQuarantined && FindDenial(PinKey.Instructions) is null);

    /// <summary>For the record of a call: the digest of the pin, and how the definition differs from it.</summary>
    public (string Pin, string Drift) Describe(TargetKind? target, string name)
    {
        if (target is not { } kind || !Covers(PinKey.ToPinKind(kind)))
        {
            return ("", "");
        }

        var key = new PinKey(PinKey.ToPinKind(kind), name);

        var pin = state.FindPinned(key)?.Digest ?? "";
        var classes =
            state.FindDrift(key)?.Classes
            ?? (pin.Length > 0 || kind == TargetKind.Resource ? DriftClass.None : DriftClass.Added);
        return (pin, DriftClasses.Format(classes));
    }

    /// <summary>Requests a reading: the server's definitions have changed, or may have.</summary>
    public void RequestVerification() => Interlocked.Exchange(ref isDue, 1);

    public bool TryStartCrawl() => Interlocked.Exchange(ref isDue, 0) != 0;

    public PinAction GetAction(Drift drift)
    {
        var action = settings.GetAction(drift.Classes);
        return drift.IsAmbiguous && action < PinAction.Block ? PinAction.Block : action;
    }

    /// <summary>The action on a difference, as in records and reports.</summary>
    public string DescribeAction(Drift drift) => Enforces ? PinSettings.ToText(GetAction(drift)) : "observe";

    public bool Covers(PinKind kind) => settings.Mode != PinMode.Off && settings.Kinds.Contains(kind);

    // A name may be a URI and a template, and an unlisted one may match a template.
    private string? FindResourceDenial(string name)
    {
        var (resource, template) = (new PinKey(PinKind.Resource, name), new PinKey(PinKind.Template, name));
        var isKnown = IsKnown(resource) || IsKnown(template);
        if (isKnown)
        {
            return (IsKnown(resource) ? FindDenial(resource) : null)
                ?? (IsKnown(template) ? FindDenial(template) : null);
        }

        return !Covers(PinKind.Resource) || state.MatchesTemplate(name, key => FindDenial(key) is not null)
            ? null
            : FindDenial(resource);
    }

    private bool IsKnown(PinKey key) =>
        Covers(key.Kind) && (state.FindPinned(key) ?? (object?)state.FindDrift(key)) is not null;

    private string? FindDenial(PinKey key)
    {
        if (!Covers(key.Kind))
        {
            return null;
        }

        var isPinned = state.FindPinned(key) is not null;
        var action =
            state.FindDrift(key) is { } drift ? GetAction(drift)
            : isPinned ? PinAction.Alert
            : settings.Added;
        return action < PinAction.Block ? null
            : isPinned ? Drifted
            : Unpinned;
    }
}
