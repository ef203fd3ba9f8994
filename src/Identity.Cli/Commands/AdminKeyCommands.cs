using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class AdminKeyCommands
{
    private const string SecretMember = "admin_key";

    private static readonly string[] Roles =
    [
        "viewer",
        "auditor",
        "approver",
        "operator",
        "security-admin",
        "scim",
        "installation-operator",
    ];

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group("admin-key", "keys by which people administer", Make(verbs), List(verbs), Revoke(verbs));

    private static Command Make(VerbFactory verbs)
    {
        var name = Flags.Name();
        var role = new Option<string>("--role")
        {
            Description = "its role; at most the rights of your own key",
            HelpName = string.Join('|', Roles),
            Required = true,
        };
        role.AcceptOnlyFromAmong(Roles);
        var life = new Option<TimeSpan?>("--expires")
        {
            Description = "lifetime (default: 90d)",
            HelpName = "DURATION",
            CustomParser = argument => Durations.Parser(TimeSpan.FromMinutes(1), TimeSpan.FromDays(400))(argument),
        };
        var organization = Flags.Text(
            "--organization",
            "ORGANIZATION",
            "another organization, by id or name (installation-operator)"
        );
        var file = Flags.Required("--out", "FILE", "write the key to this file (mode 0600); the key is never printed");
        return verbs.Create(
            "create",
            "create a key; for approvals it counts as the person whose key created it",
            async (context, cancel) =>
            {
                var path = context.Get(file)!;
                if (File.Exists(path))
                {
                    throw new CommandFailure(ExitCode.Usage, "the file exists, and keys are never overwritten")
                    {
                        Where = path,
                        Next = "name another file",
                    };
                }

                var body = new JsonObject { ["name"] = context.Get(name), ["role"] = context.Get(role) };
                if (context.Get(life) is { } wanted)
                {
                    body["lifetime_seconds"] = (int)wanted.TotalSeconds;
                }

                if (context.Get(organization) is { } other)
                {
                    body["organization_id"] = (await OrganizationCommands.FindAsync(context, other, cancel)).Text("id");
                }

                var client = await context.ClientAsync(cancel);
                var made = (JsonObject)(await client.PostAsync(Noun.AdminKey.Path, body, cancel)).Json.DeepClone();
                OutFile.WriteSecret(path, made.Text(SecretMember) ?? "");
                context.Note($"written to {path}");
                made.Remove(SecretMember);
                made["file"] = path;
                return CommandResult.Object(made);
            },
            name,
            role,
            life,
            organization,
            file
        );
    }

    private static Command List(VerbFactory verbs) =>
        verbs.Create(
            "list",
            "list them, newest first, with their last use",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                return CommandResult.List(
                    await client.GetAsync(Noun.AdminKey.Path, cancel),
                    new("ID", "id", Fit.Whole),
                    new("NAME", "name", Fit.Whole),
                    new("ROLE", "role"),
                    new("STATUS", "status", Fit.Whole),
                    new("EXPIRES", "expires_at"),
                    new("LAST USED", "last_used_at"),
                    new("OWNER", "owner.subject"),
                    new("PERSON", "person")
                );
            }
        );

    private static Command Revoke(VerbFactory verbs)
    {
        var id = new Argument<string>("ID")
        {
            Description = "ID (key_…), or the name of exactly one active key",
        }.Offering(Noun.AdminKey);
        var reason = Flags.Text("--reason", "TEXT", "in your words, for the audit");
        var yes = Flags.Yes();
        return verbs.Create(
            "revoke",
            "revoke a key immediately",
            async (context, cancel) =>
            {
                var key = await FindAsync(context, context.Get(id), cancel);
                var name = key.Text("name") ?? context.Get(id);
                context.Confirm($"Revoking the admin key {key.Text("id")} of {name}", name, context.Get(yes));
                var body = new JsonObject();
                if (context.Get(reason) is { } text)
                {
                    body["reason"] = text;
                }

                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(
                    await client.PostAsync($"{Noun.AdminKey.GetPath(key.Text("id")!)}/revoke", body, cancel)
                );
            },
            id,
            reason,
            yes
        );
    }

    // Only live keys match, because keys are named after people, who may have had several.
    private static async Task<JsonObject> FindAsync(CommandContext context, string nameOrId, CancellationToken cancel)
    {
        var client = await context.ClientAsync(cancel);
        var found = (await client.GetAsync(Noun.AdminKey.Path, cancel))
            .Json.Data()
            .OfType<JsonObject>()
            .Where(key => key.Text("id") == nameOrId || (key.Text("name") == nameOrId && key.Text("status") == "live"))
            .ToList();
        return found switch
        {
            [var only] => only,
            [] => throw new CommandFailure(ExitCode.Refused, $"there is no active admin key '{nameOrId}'")
            {
                Where = Noun.AdminKey.Path,
                Next = "culvert admin-key list",
            },
            _ => throw new CommandFailure(ExitCode.Usage, $"{found.Count} active admin keys are named '{nameOrId}'")
            {
                Where = string.Join(' ', found.Select(key => key.Text("id"))),
                Next = "give the id",
            },
        };
    }
}
