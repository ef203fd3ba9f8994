using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert rule</c>: which token of which issuer becomes which service account, with which scope.</summary>
internal static class RuleCommands
{
    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "rule",
            "federation rules: which external token gets which service account and scopes",
            Add(verbs),
            List(verbs),
            CommonVerbs.Show(verbs, Noun.Rule),
            Update(verbs),
            RuleApprovalCommands.Approve(verbs),
            RuleApprovalCommands.Reject(verbs),
            RuleTrialCommands.Simulate(verbs),
            RuleTrialCommands.Replay(verbs),
            RuleTestCommand.Create(verbs),
            Versions(verbs),
            RuleWorkspaceCommands.Create(verbs),
            RuleLints.Create(verbs),
            CommonVerbs.Archive(
                verbs,
                Noun.Rule,
                "it grants no more tokens, and machines that enrolled by it are disconnected"
            )
        );

    private static Command Add(VerbFactory verbs)
    {
        var name = Flags.Name();
        var flags = new RuleFlags(creating: true);
        var justification = RuleLints.Justification();
        var allWorkspaces = new Option<bool>("--all-workspaces") { Description = "valid in every workspace" };
        return verbs.Create(
            "create",
            "write a rule, in the workspace of --workspace or else the default one",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var body = new JsonObject
                {
                    ["name"] = context.Get(name),
                    ["match"] = flags.MatchOver(new JsonObject(), context),
                };
                await flags.AddToAsync(body, context, cancel);
                if (context.Get(allWorkspaces))
                {
                    body["applies_to_all_workspaces"] = true;
                }
                else
                {
                    body["workspace_id"] = await Workspaces.ChosenAsync(context, cancel);
                }

                await RuleLints.RequireReasonAsync(
                    context,
                    new JsonObject { ["rule"] = body.DeepClone() },
                    context.Get(justification),
                    cancel
                );
                var saved = await client.PostAsync(
                    Noun.Rule.Path,
                    RuleLints.WithReason(body, context.Get(justification)),
                    cancel
                );
                RuleLints.Show(context, saved);
                RuleApprovalCommands.Show(context, saved);
                return CommandResult.Object(saved);
            },
            [name, .. flags.All, allWorkspaces, justification]
        );
    }

    private static Command List(VerbFactory verbs)
    {
        var issuer = Flags.Text("--issuer", "ISSUER", "only rules of this issuer").Offering(Noun.Issuer);
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list rules, newest first",
            async (context, cancel) =>
            {
                var issuerId = context.Get(issuer) is { } i ? await context.IdAsync(Noun.Issuer, i, cancel) : null;
                return await flags.RunAsync(
                    context,
                    Noun.Rule.Path,
                    new Query().Add("issuer_id", issuerId),
                    [
                        new("ID", "id", Fit.Whole),
                        new("NAME", "name", Fit.Whole),
                        new("ISSUER", "issuer_name"),
                        new("SUBJECT", "match.subject_prefix"),
                        new("SERVICE ACCOUNT", "target.service_account_name"),
                        new("SCOPE", "oauth_scope"),
                        new("STATE", "state", Fit.Whole),
                        new("ARCHIVED", "archived_at"),
                    ],
                    cancel
                );
            },
            [issuer, .. flags.Options]
        );
    }

    private static Command Update(VerbFactory verbs)
    {
        var edit = new RuleEdit();
        var expected = new Option<int?>("--expect-version")
        {
            Description = "refuse if the rule is at another version by now",
            HelpName = "N",
        };
        var justification = RuleLints.Justification();
        return verbs.Create(
            "update",
            "change a rule; of its conditions only those named change, its claims as a whole",
            async (context, cancel) =>
            {
                var (path, body) = await edit.ReadAsync(context, cancel);
                var client = await context.ClientAsync(cancel);
                if (context.Get(expected) is { } version)
                {
                    body["version"] = version;
                }

                var change = new JsonObject
                {
                    ["federation_rule_id"] = path[(path.LastIndexOf('/') + 1)..],
                    ["change"] = body.DeepClone(),
                };
                await RuleLints.RequireReasonAsync(context, change, context.Get(justification), cancel);
                var saved = await client.PostAsync(
                    path,
                    RuleLints.WithReason(body, context.Get(justification)),
                    cancel
                );
                RuleLints.Show(context, saved);
                RuleApprovalCommands.Show(context, saved);
                return CommandResult.Object(saved);
            },
            [expected, .. edit.Symbols, justification]
        );
    }

    private static Command Versions(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Rule);
        var version = new Option<int?>("--only") { Description = "print only this version", HelpName = "N" };
        var flags = new ListFlags();
        return verbs.Create(
            "versions",
            "list the versions of the rule, newest first; tokens name the version that granted them",
            async (context, cancel) =>
            {
                var path = $"{await context.PathAsync(Noun.Rule, context.Get(id), cancel)}/versions";
                if (context.Get(version) is { } one)
                {
                    var client = await context.ClientAsync(cancel);
                    return CommandResult.Object(
                        await client.GetAsync(string.Create(CultureInfo.InvariantCulture, $"{path}/{one}"), cancel)
                    );
                }

                return await flags.RunAsync(
                    context,
                    path,
                    new Query(),
                    [
                        new("VERSION", "version", Fit.Whole),
                        new("STATE", "state", Fit.Whole),
                        new("DECIDING", "enforced_version", Fit.Whole),
                        new("CHANGED", "updated_at"),
                        new("BY", "updated_by_actor_id"),
                        new("SUBJECT", "match.subject_prefix"),
                        new("SCOPE", "oauth_scope"),
                    ],
                    cancel
                );
            },
            [id, version, .. flags.OptionsWithoutArchived]
        );
    }
}
