using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Commands;

/// <summary>What can be said of a rule, at creation and later alike.</summary>
internal sealed class RuleFlags(bool creating)
{
    private readonly Option<string?> serviceAccount = new("--service-account")
    {
        Description = "id or name of the account that the token acts as",
        HelpName = "ACCOUNT",
        Required = creating,
    };

    private readonly Option<string?> scope = new("--scope")
    {
        Description = "scopes granted, separated by blanks",
        HelpName = "\"SCOPE …\"",
        Required = creating,
    };

    private readonly Option<string?> subject = Flags.Text("--subject", "SUB", "exact sub, or a prefix ending in *");
    private readonly Option<string?> audience = Flags.Text(
        "--audience",
        "AUD",
        "aud to carry (default: the service's URL)"
    );
    private readonly Option<string[]> claims = Flags.Many("--claim", "K=V", "claim that must have exactly this value");

    private readonly Option<TimeSpan?> life = new("--life")
    {
        Description = "longest life of the access token",
        HelpName = "DURATION",
        CustomParser = argument => Durations.Parser(TimeSpan.FromMinutes(1), TimeSpan.FromDays(1))(argument),
    };

    private readonly Option<string[]> tunnels = Flags.Many("--tunnel", "TUNNEL", "tunnel that agents may enrol for");
    private readonly Option<string[]> edges = Flags.Many("--edge", "EDGE", "edge that may enrol");
    private readonly Option<string?> description = Flags.Text("--description", "TEXT", "what it is for");

    public Option[] All => [serviceAccount, scope, subject, audience, claims, life, tunnels, edges, description];

    public bool NamesMatch(CommandContext context) =>
        context.Has(subject) || context.Has(audience) || context.Has(claims);

    /// <summary>The given conditions laid over the present ones.</summary>
    public JsonObject MatchOver(JsonObject match, CommandContext context)
    {
        if (context.Get(subject) is { } sub)
        {
            match["subject_prefix"] = sub;
        }

        if (context.Get(audience) is { } aud)
        {
            match["audience"] = aud;
        }

        if (context.Has(claims))
        {
            match["claims"] = Claims(context.Get(claims)!);
        }

        return match;
    }

    public async Task AddToAsync(JsonObject body, CommandContext context, CancellationToken cancel)
    {
        if (context.Get(serviceAccount) is { } account)
        {
            body["target"] = new JsonObject
            {
                ["type"] = "service_account",
                ["service_account_id"] = await context.IdAsync(Noun.ServiceAccount, account, cancel),
            };
        }

        if (context.Get(scope) is { } granted)
        {
            body["oauth_scope"] = granted;
        }

        if (context.Get(life) is { } longest)
        {
            body["token_lifetime_seconds"] = (long)longest.TotalSeconds;
        }

        if (context.Get(description) is { } text)
        {
            body["description"] = text;
        }

        await AddIdsAsync("tunnel_ids", tunnels, Noun.Tunnel);
        await AddIdsAsync("edge_ids", edges, Noun.Edge);

        async Task AddIdsAsync(string member, Option<string[]> option, Noun noun)
        {
            if (context.Has(option))
            {
                var names = UpdateBody.ListOrNone(option.Name, context.Get(option)!);
                var resolver = new NameResolver(await context.ClientAsync(cancel));
                body[member] = WireJson.ArrayOf(await resolver.IdsAsync(noun, names, cancel));
            }
        }
    }

    private static JsonObject Claims(string[] pairs)
    {
        var result = new JsonObject();
        foreach (var pair in pairs)
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !result.TryAdd(pair[..equals], JsonValue.Create(pair[(equals + 1)..])))
            {
                throw new CommandFailure(ExitCode.Usage, $"'{pair}' is no claim, or names one twice")
                {
                    Where = "--claim",
                    Next = "write NAME=VALUE, each name once",
                };
            }
        }

        return result;
    }
}
