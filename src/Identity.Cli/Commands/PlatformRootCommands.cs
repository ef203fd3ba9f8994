using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class PlatformRootCommands
{
    private const string Path = "v1/platform_ca/roots";

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "platform-root",
            "rotate the root that machines pin: prepare the next one, and activate it when all machines hold it",
            verbs.Create(
                "show",
                "show the roots, the machines that do not hold the next one yet, and the next step",
                async (context, cancel) => ToResult(await (await context.ClientAsync(cancel)).GetAsync(Path, cancel))
            ),
            Step(verbs, "prepare", "create the next root, linked to the current one, and add it to the bundle", null),
            Activate(verbs),
            Step(verbs, "rollback", "remove the next root from the bundle before it signs", Flags.Id("root"))
        );

    private static Command Step(VerbFactory verbs, string verb, string meaning, Argument<string>? id)
    {
        var reason = Flags.Text("--reason", "TEXT", "why; audited");
        Symbol[] symbols = id is null ? [reason] : [id, reason];
        return verbs.Create(
            verb,
            meaning,
            async (context, cancel) =>
            {
                JsonObject body = context.Get(reason) is { } why ? new() { ["reason"] = why } : [];
                var path = id is null ? Path : $"{Path}/{Uri.EscapeDataString(context.Get(id))}/{verb}";
                var answer = await (await context.ClientAsync(cancel)).PostAsync(path, body, cancel);
                if (id is null && Items(answer.Json, "roots").FirstOrDefault(IsStaged)?.Text("id") is { } made)
                {
                    answer.Json["id"] = made; // for scripts: -o name
                }

                return ToResult(answer);
            },
            symbols
        );
    }

    private static Command Activate(VerbFactory verbs)
    {
        var id = Flags.Id("root");
        var missing = Flags.Many("--missing", "ID", "machines to continue without, as named in the refusal");
        missing.AllowMultipleArgumentsPerToken = true;
        var reason = Flags.Text("--reason", "TEXT", "reason, audited; required with --missing");
        return verbs.Create(
            "activate",
            "issue certificates under it from now on; refused while a live machine does not hold it",
            async (context, cancel) =>
            {
                var body = new JsonObject
                {
                    ["missing"] = new JsonArray([.. (context.Get(missing) ?? []).Select(one => JsonValue.Create(one))]),
                };
                if (context.Get(reason) is { } why)
                {
                    body["reason"] = why;
                }

                var path = $"{Path}/{Uri.EscapeDataString(context.Get(id))}/activate";
                return ToResult(await (await context.ClientAsync(cancel)).PostAsync(path, body, cancel));
            },
            id,
            missing,
            reason
        );
    }

    private static CommandResult ToResult(ApiAnswer answer) =>
        CommandResult.Object(answer) with
        {
            Plain = Text(answer.Json),
        };

    private static string Text(JsonObject state)
    {
        var text = new StringBuilder();
        Line($"platform bundle: epoch {state["epoch"]}");
        foreach (var root in Items(state, "roots"))
        {
            Line($"{root.Text("state")} {root.Text("id")} sha256 {root.Text("sha256")} until {root.Text("not_after")}");
            if (root.Text("retires_at") is { } retires)
            {
                Line($"  leaves the bundle automatically at {retires}");
            }

            if (root.Text("linked_until") is { } linked)
            {
                Line($"  machines that pin it find the present one until {linked}");
            }
        }

        foreach (var one in Items(state, "missing"))
        {
            Line($"missing: {one.Text("kind")} {one.Text("name")} {one.Text("id")} {one.Text("tunnel_id")}");
        }

        if (state["late_joiners"] is JsonArray { Count: > 0 } late)
        {
            Line($"away, will catch up: {string.Join(", ", late.Select(one => one?.ToString()))}");
        }

        if (state.Text("next") is { } next)
        {
            Line($"next: {next}");
        }

        return text.ToString().TrimEnd('\n');

        void Line(string line) => text.Append(CultureInfo.InvariantCulture, $"{line.TrimEnd()}\n");
    }

    private static bool IsStaged(JsonObject root) => root.Text("state") == "staged";

    private static IEnumerable<JsonObject> Items(JsonObject state, string name) =>
        (state[name] as JsonArray ?? []).OfType<JsonObject>();
}
