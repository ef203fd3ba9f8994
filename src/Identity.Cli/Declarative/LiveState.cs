using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>The service's objects of the kinds that can be declared, without archived ones.</summary>
internal sealed class LiveState
{
    // Ids and names of objects that fields refer to.
    private readonly Dictionary<(string Path, string Id), string> names = [];
    private readonly Dictionary<(string Path, string Name), List<string>> ids = [];
    private readonly List<LiveResource> resources = [];

    // Final states of authorities, whose names can be used again.
    private static readonly string[] Over = ["retired", "expired", "deleted", "rejected"];

    // Tunnels whose policies are needed, because reading them takes several requests each. Null: all that the caller may
    // read.
    private readonly IReadOnlySet<string>? tunnelsWithPolicies;

    private LiveState(IReadOnlySet<string>? tunnelsWithPolicies) => this.tunnelsWithPolicies = tunnelsWithPolicies;

    public IReadOnlyList<LiveResource> Resources => resources;

    /// <summary>All of it.</summary>
    /// <param name="tunnelsWithPolicies">Names of the tunnels whose policies are read; null: all tunnels that the caller may
    /// read.</param>
    public static async Task<LiveState> ReadAsync(
        CommandContext context,
        IReadOnlySet<string>? tunnelsWithPolicies,
        CancellationToken cancel
    )
    {
        var state = new LiveState(tunnelsWithPolicies);
        var client = await context.ClientAsync(cancel);
        using var progress = new Progress(context.Host, context.IsQuiet, "objects read");
        // Objects that are only referred to come first. Edges need a permission that callers may not have.
        await state.IndexAsync(client, Noun.Workspace, cancel);
        try
        {
            await state.IndexAsync(client, Noun.Edge, cancel);
        }
        catch (CommandFailure refused) when (refused.ExitCode == ExitCode.Refused)
        {
            // Rules then show edges by id.
        }

        foreach (var kind in ResourceKind.All)
        {
            await state.ReadKindAsync(client, kind, progress, cancel);
        }

        return state;
    }

    /// <summary>The resource with the name of a file's; null: there is none.</summary>
    public LiveResource? Find(ResourceKind kind, string name)
    {
        var found = resources.Where(resource => resource.Kind == kind && resource.Name == name).ToList();
        return found.Count <= 1
            ? found.FirstOrDefault()
            : throw new CommandFailure(
                ExitCode.Refused,
                $"{found.Count} objects of kind {kind.Word} are named '{name}'"
            )
            {
                Where = string.Join(' ', found.Select(resource => resource.Id)),
                Next = "rename or archive all but one: a file means exactly one",
            };
    }

    /// <summary>The id of a name; null: it does not exist yet. An id is returned unchanged.</summary>
    public string? FindId(Noun noun, string nameOrId)
    {
        if (nameOrId.StartsWith(noun.Prefix, StringComparison.Ordinal))
        {
            return nameOrId;
        }

        return ids.GetValueOrDefault((noun.Path, nameOrId)) switch
        {
            [var only] => only,
            { Count: > 1 } several => throw new CommandFailure(
                ExitCode.Refused,
                $"{several.Count} objects of kind {noun.Word} are named '{nameOrId}'"
            )
            {
                Where = string.Join(' ', several),
                Next = "write the id",
            },
            _ => null,
        };
    }

    public void Add(Noun noun, string name, string id)
    {
        names[(noun.Path, id)] = name;
        if (!ids.TryGetValue((noun.Path, name), out var known))
        {
            ids[(noun.Path, name)] = known = [];
        }

        known.Add(id);
    }

    private async Task IndexAsync(ManagementClient client, Noun noun, CancellationToken cancel)
    {
        await foreach (var item in NameResolver.AllAsync(client, noun.Path, cancel))
        {
            if (item["archived_at"] is null && item.Text("id") is { } id && item.Text(noun.NameMember) is { } name)
            {
                Add(noun, name, id);
            }
        }
    }

    private async Task ReadKindAsync(
        ManagementClient client,
        ResourceKind kind,
        Progress progress,
        CancellationToken cancel
    )
    {
        List<JsonObject> found = [];
        await foreach (var item in NameResolver.AllAsync(client, kind.Noun.Path, cancel))
        {
            if (
                item["archived_at"] is null
                && !Over.Contains(item.Text("state"))
                && item.Text(kind.Noun.NameMember) is { } name
            )
            {
                found.Add(item);
                Add(kind.Noun, name, IdIn(item));
            }
        }

        foreach (var item in found)
        {
            progress.Report(resources.Count);
            // A list omits long fields: a rule's tests.
            var whole =
                kind.Noun == Noun.Rule ? (await client.GetAsync(kind.Noun.GetPath(IdIn(item)), cancel)).Json : item;
            var resource = new LiveResource(kind, item.Text(kind.Noun.NameMember)!, IdIn(item), ToSpec(kind, whole));
            resources.Add(await CompleteAsync(client, resource, item, cancel));
        }
    }

    // Adds what is stored outside the object.
    private async Task<LiveResource> CompleteAsync(
        ManagementClient client,
        LiveResource resource,
        JsonObject item,
        CancellationToken cancel
    )
    {
        if (resource.Kind.Noun == Noun.ServiceAccount)
        {
            resource.Spec["workspaces"] = await Memberships.ReadAsync(client, resource.Id, WorkspaceName, cancel);
        }

        if (resource.Kind.Noun != Noun.Tunnel || tunnelsWithPolicies?.Contains(resource.Name) == false)
        {
            return resource;
        }

        IReadOnlyDictionary<string, LivePolicy> policies;
        try
        {
            policies = await TunnelPolicies.ReadAsync(client, resource.Id, item.Text("domain") ?? "", cancel);
        }
        catch (CommandFailure refused) when (refused.ExitCode == ExitCode.Refused && tunnelsWithPolicies is null)
        {
            // Viewers may not read policies: the files omit them.
            return resource;
        }

        if (TunnelPolicies.ToSpec(policies) is { Count: > 0 } active)
        {
            resource.Spec[TunnelPolicies.Field] = active;
        }

        return resource with
        {
            Policies = policies,
        };

        string WorkspaceName(string id) => names.GetValueOrDefault((Noun.Workspace.Path, id), id);
    }

    // Range sets have no id but their name.
    private static string IdIn(JsonObject item) => item.Text("id") ?? item.Text("name") ?? "";

    private JsonObject ToSpec(ResourceKind kind, JsonObject item)
    {
        var spec = new JsonObject();
        foreach (var field in kind.Fields.Where(field => !field.IsApart))
        {
            JsonNode? value = item;
            foreach (var step in field.Wire.Split('.'))
            {
                value = (value as JsonObject)?[step];
            }

            if (value is not null)
            {
                spec[field.Name] = field.RefersTo is { } noun ? Named(noun, value) : value.DeepClone();
            }
        }

        return spec;
    }

    private JsonNode Named(Noun noun, JsonNode value) =>
        value is JsonArray list
            ? new JsonArray([.. list.Select(item => (JsonNode)GetName(noun, (string?)item ?? ""))])
            : GetName(noun, (string)value!);

    // An ambiguous name is replaced by the id.
    private string GetName(Noun noun, string id) =>
        names.GetValueOrDefault((noun.Path, id)) is { } name && ids[(noun.Path, name)].Count == 1 ? name : id;
}
