using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;

namespace Culvert.Identity.Cli.Commands;

/// <summary>What an issuer's tokens may look like, and how long its keys serve.</summary>
internal sealed class IssuerHygieneFlags
{
    private static readonly string[] Booleans = ["true", "false"];

    private readonly Option<string?> preset = Flags.Text("--preset", "NAME|none", "the platform it belongs to");
    private readonly Option<string?> tenancy = Flags.OneOf(
        "--tenancy",
        "whether strangers can obtain its tokens",
        "dedicated",
        "shared"
    );

    private readonly Option<string?> replayMode = Flags.OneOf(
        "--replay-mode",
        "how many times one token may be exchanged",
        "off",
        "window",
        "bound_reuse",
        "single_use"
    );

    private readonly Option<TimeSpan?> replayWindow = Duration(
        "--replay-window",
        "with mode window: how long from its first use",
        86_400
    );

    private readonly Option<TimeSpan?> maxTokenLife = Duration(
        "--max-token-life",
        "longest exp - iat of its tokens",
        176_400
    );

    private readonly Option<TimeSpan?> staleOk = Duration(
        "--stale-ok",
        "how long unconfirmed keys serve in full",
        2_592_000
    );

    private readonly Option<TimeSpan?> hardExpiry = Duration(
        "--hard-expiry",
        "how long unconfirmed keys serve at all",
        2_592_000
    );

    private readonly Option<string[]> algorithms = Flags.Many("--algorithm", "ALG", "accepted signature algorithm");
    private readonly Option<string[]> types = Flags.Many("--token-type", "TYP", "accepted typ of its tokens");
    private readonly Option<string?> singleAudience = Flags.OneOf(
        "--single-audience",
        "refuse tokens with several audiences",
        Booleans
    );

    private readonly Option<string?> missingKid = Flags.OneOf(
        "--allow-missing-kid",
        "accept tokens without kid while the issuer has one key",
        Booleans
    );

    private readonly Option<string?> nonAscii = Flags.OneOf(
        "--allow-non-ascii",
        "accept sub and aud beyond ASCII",
        Booleans
    );

    private readonly Option<string?> callerDetail = Flags.OneOf(
        "--caller-detail",
        "what the response to a denied caller contains",
        "none",
        "claim"
    );

    public Option[] All =>
        [
            preset,
            tenancy,
            replayMode,
            replayWindow,
            maxTokenLife,
            staleOk,
            hardExpiry,
            algorithms,
            types,
            singleAudience,
            missingKid,
            nonAscii,
            callerDetail,
        ];

    public void AddTo(JsonObject body, CommandContext context)
    {
        if (context.Get(preset) is { } name)
        {
            body["preset"] = name == "none" ? null : name;
        }

        AddText(body, "tenancy", context.Get(tenancy));
        AddText(body, "replay_mode", context.Get(replayMode));
        AddText(body, "caller_detail", context.Get(callerDetail));
        AddSeconds(body, "replay_window_seconds", context.Get(replayWindow));
        AddSeconds(body, "max_jwt_lifetime_seconds", context.Get(maxTokenLife));
        AddSeconds(body, "stale_ok_seconds", context.Get(staleOk));
        AddSeconds(body, "hard_expiry_seconds", context.Get(hardExpiry));
        AddList(body, "algorithms", context, algorithms);
        AddList(body, "types", context, types);
        AddFlag(body, "single_audience", context.Get(singleAudience));
        AddFlag(body, "allow_missing_kid", context.Get(missingKid));
        AddFlag(body, "allow_non_ascii", context.Get(nonAscii));
    }

    private static Option<TimeSpan?> Duration(string name, string description, int maxSeconds) =>
        new(name)
        {
            Description = description,
            HelpName = "DURATION",
            CustomParser = argument =>
                Durations.Parser(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(maxSeconds))(argument),
        };

    private static void AddText(JsonObject body, string member, string? value)
    {
        if (value is not null)
        {
            body[member] = value;
        }
    }

    private static void AddFlag(JsonObject body, string member, string? value)
    {
        if (value is not null)
        {
            body[member] = value == "true";
        }
    }

    private static void AddSeconds(JsonObject body, string member, TimeSpan? value)
    {
        if (value is { } duration)
        {
            body[member] = (long)duration.TotalSeconds;
        }
    }

    private static void AddList(JsonObject body, string member, CommandContext context, Option<string[]> option)
    {
        if (context.Has(option))
        {
            body[member] = new JsonArray([.. context.Get(option)!.Select(value => JsonValue.Create(value))]);
        }
    }
}
