using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class WhoAmICommand
{
    public static Command Create(VerbFactory verbs) =>
        verbs.Create("whoami", "the service, the organization and the key in use", RunAsync);

    private static async Task<CommandResult> RunAsync(CommandContext context, CancellationToken cancel)
    {
        var client = await context.ClientAsync(cancel);
        var organization = (await client.GetAsync(ManagementClient.OrganizationPath, cancel)).Json;
        var settings = context.Settings;
        return CommandResult.Object(
            new JsonObject
            {
                ["url"] = settings.Url.ToString().TrimEnd('/'),
                ["trust"] = settings switch
                {
                    { CaFile: { } file } => file,
                    { CaSha256: { } pin } => $"pin {pin}",
                    _ => "system roots",
                },
                ["organization_id"] = organization.Text("id"),
                ["organization_name"] = organization.Text("name"),
                ["workspace"] = settings.Workspace,
                ["credential"] = client.CredentialKind,
                ["admin_key_file"] = settings.AdminKeyFile,
            }
        );
    }
}
