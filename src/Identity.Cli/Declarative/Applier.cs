using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>Makes a plan's changes in order, up to the first refusal; applying the files again continues.</summary>
internal sealed class Applier(ManagementClient client, LiveState live)
{
    private const string RuleWorkspace = "workspace";

    private readonly List<(string Tunnel, string Label, string DraftId)> drafts = [];

    /// <summary>The policy drafts that were created; each waits for a second person.</summary>
    public IReadOnlyList<(string Tunnel, string Label, string DraftId)> Drafts => drafts;

    public async Task MakeAsync(PlannedChange change, CancellationToken cancel)
    {
        switch (change)
        {
            case { Verb: PlannedChange.Archive, Live: { } gone }:
                await ArchiveAsync(gone, cancel);
                break;
            case { Verb: PlannedChange.Create, Declared: { } declared }:
                await CreateAsync(declared, change, cancel);
                break;
            case { Declared: { } declared, Live: { } present }:
                await UpdateAsync(declared, present, change, cancel);
                break;
        }
    }

    private Task<ApiAnswer> ArchiveAsync(LiveResource gone, CancellationToken cancel) =>
        gone.Kind.Word == "range_set"
            ? client.DeleteAsync(gone.Kind.Noun.GetPath(gone.Id), cancel)
            : client.PostAsync($"{gone.Kind.Noun.GetPath(gone.Id)}/archive", body: null, cancel);

    private async Task CreateAsync(DeclaredResource declared, PlannedChange change, CancellationToken cancel)
    {
        var kind = declared.Kind;
        if (kind.Word == "range_set")
        {
            // Revision 0: only if it still does not exist.
            var set = Body(declared, [.. declared.Spec.Select(field => field.Key)]);
            set["revision"] = 0;
            await client.PostAsync(kind.Noun.GetPath(declared.Name), set, cancel);
            live.Add(kind.Noun, declared.Name, declared.Name);
            return;
        }

        var body = kind.IsCreatedBare ? [] : Body(declared, [.. declared.Spec.Select(field => field.Key)]);
        body[kind.Noun.NameMember] = declared.Name;
        await CompleteAsync(kind, declared, body, cancel);
        var created = (await client.PostAsync(kind.Noun.Path, body, cancel)).Json;
        var id = created.Text("id") ?? "";
        live.Add(kind.Noun, declared.Name, id);
        if (
            kind.IsCreatedBare
            && Body(declared, [.. declared.Spec.Select(field => field.Key)]) is { Count: > 0 } settings
        )
        {
            await client.PostAsync(kind.Noun.GetPath(id), settings, cancel);
        }

        if (FindRoles(declared) is { } roles)
        {
            await Memberships.WriteAsync(client, live, id, roles, [], cancel);
        }

        await PushPoliciesAsync(id, change, cancel);
    }

    private async Task UpdateAsync(
        DeclaredResource declared,
        LiveResource present,
        PlannedChange change,
        CancellationToken cancel
    )
    {
        var fields = change.Fields.Select(field => field.Field).ToList();
        var own = fields.Where(name => declared.Kind.Find(name)!.IsApart is false).ToList();
        if (own.Count > 0)
        {
            await client.PostAsync(declared.Kind.Noun.GetPath(present.Id), Body(declared, own), cancel);
        }

        if (own.Count < fields.Count && FindRoles(declared) is { } roles)
        {
            var before = (JsonObject?)present.Spec["workspaces"] ?? [];
            await Memberships.WriteAsync(client, live, present.Id, roles, before, cancel);
        }

        await PushPoliciesAsync(present.Id, change, cancel);
    }

    private async Task PushPoliciesAsync(string tunnelId, PlannedChange change, CancellationToken cancel)
    {
        foreach (var (_, _, texts) in change.Fields.Where(field => field.Field == TunnelPolicies.Field))
        {
            var pushed = await TunnelPolicies.PushAsync(client, tunnelId, (JsonObject)texts!, cancel);
            drafts.AddRange(pushed.Select(draft => (change.Name, draft.Label, draft.DraftId)));
        }
    }

    private static JsonObject? FindRoles(DeclaredResource declared) => declared.Spec["workspaces"] as JsonObject;

    // Adds what the API requires at creation and a file may omit.
    private async Task CompleteAsync(
        ResourceKind kind,
        DeclaredResource declared,
        JsonObject body,
        CancellationToken cancel
    )
    {
        if (kind.Noun == Noun.Issuer)
        {
            body["jwks"] ??= new JsonObject { ["type"] = "discovery" };
        }

        if (kind.Noun == Noun.Connection)
        {
            body["scopes"] ??= new JsonArray();
        }

        if (
            kind.Noun == Noun.Rule
            && declared.Spec[RuleWorkspace] is null
            && (bool?)declared.Spec["applies_to_all_workspaces"] != true
        )
        {
            body["workspace_id"] = await DefaultWorkspaceAsync(cancel);
        }
    }

    private async Task<string> DefaultWorkspaceAsync(CancellationToken cancel)
    {
        await foreach (var workspace in NameResolver.AllAsync(client, Noun.Workspace.Path, cancel))
        {
            if (workspace["is_default"]?.GetValue<bool>() == true && workspace.Text("id") is { } id)
            {
                return id;
            }
        }

        throw new CommandFailure(ExitCode.Refused, "the organization has no default workspace");
    }

    private JsonObject Body(DeclaredResource declared, IReadOnlyList<string> fields)
    {
        var body = new JsonObject();
        foreach (var field in fields.Select(name => declared.Kind.Find(name)!).Where(field => !field.IsApart))
        {
            var value = declared.Spec[field.Name];
            field.Put(body, field.RefersTo is { } noun ? Ids(noun, value) : Value(field, value));
        }

        return body;
    }

    // An emptied list is sent as an empty list: null would leave it unchanged.
    private static JsonNode? Value(ResourceField field, JsonNode? value) =>
        value?.DeepClone() ?? (field.Type is FieldType.TextSet or FieldType.ObjectList ? new JsonArray() : null);

    private JsonNode? Ids(Noun noun, JsonNode? value) =>
        value switch
        {
            JsonArray list => new JsonArray([.. list.Select(item => (JsonNode)Id(noun, (string)item!))]),
            JsonValue one => Id(noun, (string)one!),
            _ => null,
        };

    private string Id(Noun noun, string name) =>
        live.FindId(noun, name)
        ?? throw new CommandFailure(ExitCode.Refused, $"there is no {noun.Word} named '{name}' yet");
}
