using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams.Callouts;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads a route's <c>pins</c>.</summary>
internal static class PinsReader
{
    private const string Alert = "alert";
    private const string Block = "block";
    private const string Hide = "hide";
    private const string Quarantine = "quarantine";
    private const string ServePinned = "serve_pinned";

    private static readonly IReadOnlyList<(string Name, PinKind Kind)> Kinds =
    [
        ("tools", PinKind.Tool),
        ("prompts", PinKind.Prompt),
        ("resources", PinKind.Resource),
        ("templates", PinKind.Template),
        ("instructions", PinKind.Instructions),
    ];

    public static PinSettings Read(ConfigSection section, RouteSettings route)
    {
        var on = section.Section("on");
        var settings = new PinSettings
        {
            Mode = section.Choice("mode", "off", "off", "observe", "enforce") switch
            {
                "observe" => PinMode.Observe,
                "enforce" => PinMode.Enforce,
                _ => PinMode.Off,
            },
            Refresh = section.Duration(
                "refresh",
                TimeSpan.FromMinutes(5),
                TimeSpan.FromSeconds(10),
                TimeSpan.FromDays(1)
            ),
            Kinds = ReadKinds(section),
            TrustsFirstUse = section.Bool("trust_first_use", false),
            ValidatesArguments = section.Choice("arguments", "validate", "validate", "ignore") == "validate",

            // A definition that is not pinned has no pinned version to serve.
            Added = ReadAction(on, "added", Hide, Hide, Alert, Quarantine),
            Removed = ReadAction(on, "removed", Alert, Alert, Block, Quarantine),
            RenameSuspect = ReadAction(on, "rename_suspect", Block, Block, Alert, Quarantine),
            Description = ReadAction(on, "description", Block, Block, ServePinned, Alert, Quarantine),
            Widened = ReadAction(on, "widened", Block, Block, ServePinned, Alert, Quarantine),
            Narrowed = ReadAction(on, "narrowed", Alert, Block, ServePinned, Alert, Quarantine),
            RiskUp = ReadAction(on, "risk_up", Block, Block, ServePinned, Alert, Quarantine),
        };
        CheckTogether(section, settings, route);
        return settings;
    }

    private static void CheckTogether(ConfigSection section, PinSettings settings, RouteSettings route)
    {
        if (settings.Mode == PinMode.Off)
        {
            return;
        }

        if (settings.Mode == PinMode.Enforce && route.Policy.Mode != PolicyMode.Enforce)
        {
            section.Error(
                "mode",
                "Pins are enforced by the route's policy, which is not enforced.",
                "Set policy.mode: enforce (with default: allow where only pins are to decide), or pins.mode: observe."
            );
        }

        if (route.Upstream is CalloutSettings)
        {
            section.Error("mode", "The tools of this route are the agent's own and do not change.", "Remove pins.");
        }

        if (route.Oauth.AuthorizationServer is not null)
        {
            section.Error("mode", "An authorization server has no tools to pin.", "Remove pins.");
        }
    }

    private static IReadOnlyList<PinKind> ReadKinds(ConfigSection section)
    {
        var names = section.Strings("kinds");
        foreach (var name in names.Where(n => Kinds.All(k => k.Name != n)))
        {
            section.Error(
                "kinds",
                $"{name} is not a kind of definition.",
                $"Write some of {string.Join(", ", Kinds.Select(k => k.Name))}, or remove the key for all of them."
            );
        }

        return
        [
            .. Kinds.Where(k => names.Count == 0 || names.Contains(k.Name, StringComparer.Ordinal)).Select(k => k.Kind),
        ];
    }

    private static PinAction ReadAction(ConfigSection on, string key, string standard, params string[] allowed) =>
        on.Choice(key, standard, allowed) switch
        {
            Alert => PinAction.Alert,
            ServePinned => PinAction.ServePinned,
            Quarantine => PinAction.Quarantine,
            _ => PinAction.Block,
        };
}
