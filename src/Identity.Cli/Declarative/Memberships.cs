using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>A service account's roles in workspaces, one record per workspace.</summary>
internal static class Memberships
{
    /// <summary>Roles by the workspace's name, without the implicit membership.</summary>
    public static async Task<JsonObject> ReadAsync(
        ManagementClient client,
        string accountId,
        Func<string, string> workspaceName,
        CancellationToken cancel
    )
    {
        var roles = new JsonObject();
        await foreach (var member in NameResolver.AllAsync(client, GetPath(accountId), cancel))
        {
            if (
                member["implicit"] is JsonValue isImplicit
                && !isImplicit.GetValue<bool>()
                && member.Text("workspace_id") is { } workspace
            )
            {
                roles[workspaceName(workspace)] = member.Text("workspace_role");
            }
        }

        return roles;
    }

    /// <summary>Sets the account's roles to exactly these.</summary>
    public static async Task WriteAsync(
        ManagementClient client,
        LiveState live,
        string accountId,
        JsonObject wanted,
        JsonObject present,
        CancellationToken cancel
    )
    {
        foreach (var (name, role) in wanted.Where(pair => !JsonNode.DeepEquals(pair.Value, present[pair.Key])))
        {
            var body = new JsonObject { ["workspace_id"] = GetId(live, name), ["workspace_role"] = role?.DeepClone() };
            await client.PostAsync(GetPath(accountId), body, cancel);
        }

        foreach (var (name, _) in present.Where(pair => !wanted.ContainsKey(pair.Key)).ToList())
        {
            await client.DeleteAsync($"{GetPath(accountId)}/{Uri.EscapeDataString(GetId(live, name))}", cancel);
        }
    }

    private static string GetId(LiveState live, string workspace) =>
        live.FindId(Noun.Workspace, workspace)
        ?? throw new CommandFailure(ExitCode.Refused, $"there is no workspace named '{workspace}'")
        {
            Next = "culvert workspace list",
        };

    private static string GetPath(string accountId) => $"{Noun.ServiceAccount.GetPath(accountId)}/workspaces";
}
