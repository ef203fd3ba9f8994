using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;

namespace Culvert.Identity.Cli.Commands;

/// <summary>What can be said of a rule, at creation and later alike.</summary>
internal sealed class RuleFlags(bool creating)
{
    private static readonly string[] Operators = ["eq", "in", "prefix", "segments", "contains"];

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
    private readonly Option<string?> segments = Flags.Text(
        "--subject-segments",
        "PATTERN",
        "match sub by its segments between : / @; * matches exactly one segment ('' removes the pattern)"
    );

    private readonly Option<string[]> matchers = Flags.Many(
        "--match",
        "\"CLAIM OPERATOR VALUE\"",
        "condition on any claim, such as 'repository_id in [\"74\"]' (eq, in, prefix, segments, contains; CLAIM is a name "
            + "or a JSON Pointer; 'none' removes all)"
    );

    private readonly Option<string?> condition = Flags.Text(
        "--condition",
        "CEL",
        "expression over claims that must be true ('' removes it)"
    );

    private readonly Option<string?> state = Flags.OneOf(
        "--state",
        "audit evaluates the rule while its previous version still decides; draft and disabled rules grant no tokens",
        "draft",
        "audit",
        "enforce",
        "disabled"
    );

    private readonly Option<string?> bind = Flags.OneOf(
        "--bind",
        "required binding of its tokens (default: any)",
        "any",
        "dpop",
        "mtls",
        "none"
    );

    private readonly Option<string?> expires = Flags.Text(
        "--expires",
        "TIME",
        "the rule grants no tokens from then on (2027-01-01T00:00:00Z; 'none' removes the limit)"
    );

    private readonly Option<string?> audience = Flags.Text(
        "--audience",
        "AUD",
        "aud to carry (default: the service's URL)"
    );
    private readonly Option<string[]> claims = Flags.Many("--claim", "K=V", "claim that must have exactly this value");

    private readonly Option<TimeSpan?> life = new("--life")
    {
        Description = "maximum lifetime of the access token",
        HelpName = "DURATION",
        CustomParser = argument => Durations.Parser(TimeSpan.FromMinutes(1), TimeSpan.FromDays(1))(argument),
    };

    private readonly Option<string[]> tunnels = Flags
        .Many("--tunnel", "TUNNEL", "tunnel that agents may enrol for")
        .Offering(Noun.Tunnel);
    private readonly Option<string[]> edges = Flags.Many("--edge", "EDGE", "edge that may enrol").Offering(Noun.Edge);
    private readonly Option<string[]> actors = Flags.Many(
        "--actor",
        "ACCOUNT",
        "service account that may act for the rule's subjects ('none' removes all)"
    );
    private readonly Option<string?> description = Flags.Text("--description", "TEXT", "description");

    public Option[] All =>
        [
            serviceAccount,
            scope,
            subject,
            segments,
            audience,
            claims,
            matchers,
            condition,
            state,
            bind,
            expires,
            life,
            tunnels,
            edges,
            actors,
            description,
        ];

    public bool NamesMatch(CommandContext context) =>
        context.Has(subject)
        || context.Has(segments)
        || context.Has(audience)
        || context.Has(claims)
        || context.Has(matchers)
        || context.Has(condition);

    /// <summary>The given conditions laid over the present ones.</summary>
    public JsonObject MatchOver(JsonObject match, CommandContext context)
    {
        Put("subject_prefix", subject);
        Put("subject_segments", segments);
        Put("audience", audience);
        Put("condition", condition);

        if (context.Has(claims))
        {
            match["claims"] = Claims(context.Get(claims)!);
        }

        if (context.Has(matchers))
        {
            var given = UpdateBody.ListOrNone(matchers.Name, context.Get(matchers)!);
            match["matchers"] = new JsonArray([.. given.Select(Matcher)]);
        }

        return match;

        void Put(string member, Option<string?> option)
        {
            if (context.Get(option) is { Length: > 0 } text)
            {
                match[member] = text;
            }
            else if (context.Has(option))
            {
                match.Remove(member);
            }
        }
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

        if (context.Get(state) is { } next)
        {
            body["state"] = next;
        }

        if (context.Get(bind) is { } binding)
        {
            body["bind"] = binding;
        }

        if (context.Get(expires) is { } end)
        {
            body["expires_at"] = end == "none" ? null : JsonValue.Create(end);
        }

        if (context.Get(description) is { } text)
        {
            body["description"] = text;
        }

        await AddIdsAsync("tunnel_ids", tunnels, Noun.Tunnel);
        await AddIdsAsync("edge_ids", edges, Noun.Edge);
        await AddIdsAsync("actor_ids", actors, Noun.ServiceAccount);

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

    // The value is JSON, because its type counts; of prefix and segments it can only be text, with quotes or without.
    private static JsonObject Matcher(string text)
    {
        foreach (var name in Operators)
        {
            var at = text.IndexOf($" {name} ", StringComparison.Ordinal);
            if (at <= 0)
            {
                continue;
            }

            var value = text[(at + name.Length + 2)..].Trim();
            return new JsonObject
            {
                ["claim"] = text[..at].Trim(),
                [name] =
                    ReadValue(value)
                    ?? (
                        name is "prefix" or "segments"
                            ? JsonValue.Create(value)
                            : throw Bad($"{value} is not a JSON value", "put a text in double quotes: '\"74\"'")
                    ),
            };
        }

        throw Bad(
            $"'{text}' is not a condition",
            "write CLAIM OPERATOR VALUE with eq, in, prefix, segments or contains"
        );

        static CommandFailure Bad(string what, string next) =>
            new(ExitCode.Usage, what) { Where = "--match", Next = next };
    }

    private static JsonNode? ReadValue(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
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
                throw new CommandFailure(ExitCode.Usage, $"'{pair}' is not NAME=VALUE, or gives a claim twice")
                {
                    Where = "--claim",
                    Next = "write NAME=VALUE, each name once",
                };
            }
        }

        return result;
    }
}
