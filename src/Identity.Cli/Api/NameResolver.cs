using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Api;

/// <summary>Resolves names to ids. An id is recognised by its prefix and never looked up.</summary>
internal sealed class NameResolver(ManagementClient client)
{
    /// <summary>Pages of 100 objects: beyond that the operator must give the id.</summary>
    private const int MaxPages = 100;

    public async Task<string> IdAsync(Noun noun, string nameOrId, CancellationToken cancel)
    {
        if (nameOrId.StartsWith(noun.Prefix, StringComparison.Ordinal))
        {
            return nameOrId;
        }

        var matches = new List<string>();
        await foreach (var item in AllAsync(client, noun.Path, cancel))
        {
            if (item.Text(noun.NameMember) == nameOrId && item["archived_at"] is null && item.Text("id") is { } id)
            {
                matches.Add(id);
            }
        }

        return matches.Count switch
        {
            1 => matches[0],
            0 => throw new CommandFailure(ExitCode.Refused, $"there is no {noun.Word} named '{nameOrId}'")
            {
                Where = noun.Path,
                Next = $"culvert {noun.Word} list",
            },
            _ => throw new CommandFailure(
                ExitCode.Usage,
                $"{matches.Count} objects of kind {noun.Word} are named '{nameOrId}'"
            )
            {
                Where = string.Join(' ', matches),
                Next = "give the id",
            },
        };
    }

    public async Task<string[]> IdsAsync(Noun noun, IEnumerable<string> namesOrIds, CancellationToken cancel)
    {
        var ids = new List<string>();
        foreach (var nameOrId in namesOrIds)
        {
            ids.Add(await IdAsync(noun, nameOrId, cancel));
        }

        return [.. ids];
    }

    public static async IAsyncEnumerable<JsonObject> AllAsync(
        ManagementClient client,
        string path,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel,
        (string Name, string Value)? filter = null
    )
    {
        string? page = null;
        for (var n = 0; n < MaxPages; n++)
        {
            var query = new Query().Add("limit", "100").Add("page", page);
            if (filter is { } only)
            {
                query.Add(only.Name, only.Value);
            }

            var answer = await client.GetAsync(query.On(path), cancel);
            foreach (var item in answer.Json.Data().OfType<JsonObject>())
            {
                yield return item;
            }

            page = answer.Json.Text("next_page");
            if (page is null)
            {
                yield break;
            }
        }
    }
}
