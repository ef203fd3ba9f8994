using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class CaRotationCommands
{
    public static Command Status(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Ca);
        return verbs.Create(
            "status",
            "show the state of its rotation: the parties that have not acknowledged, since when, and any override",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var answer = await client.GetAsync($"{await PathAsync(context, id, cancel)}/rotation", cancel);
                return CommandResult.Object(answer) with { Plain = Text(answer.Json) };
            },
            [id, .. WatchFlags.Create()]
        );
    }

    public static Command Rollback(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Ca);
        var reason = Flags.Text("--reason", "TEXT", "why; audited");
        return verbs.Create(
            "rollback",
            "cancel the rotation: a staged authority leaves the bundle, an active one is replaced by its predecessor",
            (context, cancel) => PostAsync(context, id, "rollback", CreateBody(context.Get(reason)), cancel),
            id,
            reason
        );
    }

    public static Command Withdraw(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Ca);
        var force = new Option<bool>("--force") { Description = "although certificates of its making are in use" };
        var reason = Flags.Text("--reason", "TEXT", "why; audited, required with --force");
        var yes = Flags.Yes();
        return verbs.Create(
            "withdraw",
            "remove a retiring or tainted authority from the trust bundle now, instead of at its scheduled time",
            async (context, cancel) =>
            {
                var body = CreateBody(context.Get(reason));
                if (context.Get(force))
                {
                    var client = await context.ClientAsync(cancel);
                    var state = (
                        await client.GetAsync($"{await PathAsync(context, id, cancel)}/rotation", cancel)
                    ).Json;
                    var name = state.Text("name") ?? context.Get(id);
                    context.Confirm($"Withdrawing {name}: {DescribeAffected(state)}", name, context.Get(yes));
                    body["force"] = true;
                }

                return await PostAsync(context, id, "withdraw", body, cancel);
            },
            id,
            force,
            reason,
            yes
        );
    }

    private static async Task<CommandResult> PostAsync(
        CommandContext context,
        Argument<string> id,
        string verb,
        JsonObject body,
        CancellationToken cancel
    )
    {
        var client = await context.ClientAsync(cancel);
        var answer = await client.PostAsync($"{await PathAsync(context, id, cancel)}/{verb}", body, cancel);
        return CommandResult.Object(answer) with { Plain = Text(answer.Json) };
    }

    private static JsonObject CreateBody(string? reason) =>
        reason is null ? [] : new JsonObject { ["reason"] = reason };

    private static string Text(JsonObject state)
    {
        var text = new StringBuilder();
        Line($"{state.Text("name")} ({state.Text("id")}): {state.Text("state")}");
        Line(
            $"trust bundle: epoch {state["trust_bundle_epoch"]}, "
                + (state["needed_epoch"] is { } needed ? $"in it since {needed}" : "not in it")
        );
        // "propagation" is a delay, not a party: a separate line shows its end.
        var missing = Items(state, "missing").Where(one => one.Text("kind") != "propagation").ToList();
        foreach (var one in missing)
        {
            Line(
                $"missing: {one.Text("kind")} {one.Text("name") ?? ""} {one.Text("id")} since {one.Text("since")}"
                    + $" (acknowledged epoch {one["acknowledged_epoch"]?.ToString() ?? "none"},"
                    + $" last seen {one.Text("last_heard_at") ?? "never"})"
            );
        }

        if (missing.Count == 0 && state.Text("state") == "staged" && state.Text("propagation_ends_at") is null)
        {
            Line("missing: none");
        }

        if (state.Text("propagation_ends_at") is { } propagation)
        {
            Line(
                $"waits until {propagation}: no relying party is registered, so clients have that long to fetch the bundle"
            );
        }

        if (state["late_joiners"] is JsonArray { Count: > 0 } late)
        {
            Line($"away, will catch up: {Join(late)}");
        }

        if (state["signing"] is JsonObject signing)
        {
            Line(
                $"signing connector: tried {signing["attempts"]} times, last at {signing.Text("last_at")} by "
                    + $"{signing.Text("node")}"
            );
            if (signing.Text("fault") is { } error)
            {
                Line($"  {error}; next at {signing.Text("next_at")}");
            }
        }

        Line(DescribeAffected(state));
        if (state.Text("retires_at") is { } retires && state.Text("state") is "retiring")
        {
            Line($"leaves the bundle automatically at {retires}");
        }

        if (state.Text("override") is { } command)
        {
            Line($"override: {command}");
        }

        if (state.Text("next") is { } next)
        {
            Line($"next: {next}");
        }

        return text.ToString().TrimEnd('\n');

        void Line(string line) => text.Append(CultureInfo.InvariantCulture, $"{line.TrimEnd()}\n");
    }

    private static string DescribeAffected(JsonObject state) =>
        $"{state["live_leaves"]} certificates of its making are valid"
        + (
            state["affected_agents"] is JsonArray { Count: > 0 } agents
                ? $", in use by {Join(agents)}"
                : ", none in use"
        );

    private static List<JsonObject> Items(JsonObject state, string member) =>
        state[member] is JsonArray items ? [.. items.OfType<JsonObject>()] : [];

    private static string Join(JsonArray items) => string.Join(' ', items.Select(item => item?.ToString()));

    private static async Task<string> PathAsync(
        CommandContext context,
        Argument<string> id,
        CancellationToken cancel
    ) => await context.PathAsync(Noun.Ca, context.Get(id), cancel);
}
