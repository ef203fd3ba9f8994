using System.CommandLine;
using System.CommandLine.Completions;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Invocation;

/// <summary>
/// Completes names of objects, which the service lists. Whatever is in the way (no address, no sign-in, no answer in
/// time) offers nothing and prints nothing: the operator is typing.
/// </summary>
internal static partial class NameCompletion
{
    public const int MaxNames = 100;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>The objects that a value may name.</summary>
    public delegate IAsyncEnumerable<JsonObject> ObjectSource(CommandContext context, CancellationToken cancel);

    public static Argument<T> Offering<T>(this Argument<T> argument, Noun noun) =>
        argument.Offering(FromList(noun.Path), noun.NameMember);

    public static Option<T> Offering<T>(this Option<T> option, Noun noun)
    {
        option.CompletionSources.Add(line => Names(line, FromList(noun.Path), noun.NameMember));
        return option;
    }

    /// <param name="argument">What is completed.</param>
    /// <param name="source">Lists the objects.</param>
    /// <param name="member">Their member that is the name. Where it cannot be typed without quotes, the id is offered.</param>
    public static Argument<T> Offering<T>(this Argument<T> argument, ObjectSource source, string member)
    {
        argument.HelpName = argument.Name; // else help asks what it could offer
        argument.CompletionSources.Add(line => Names(line, source, member));
        return argument;
    }

    /// <summary>The first page of a list.</summary>
    public static ObjectSource FromList(string path) => (context, cancel) => ReadAsync(context, path, cancel);

    /// <summary>What is under the tunnel that the line names; under every tunnel where it names none.</summary>
    /// <param name="segment">Of the path below the tunnel's.</param>
    /// <param name="findTunnel">The id or name that the line gives.</param>
    public static ObjectSource FromPartsOfTunnel(string segment, Func<CommandContext, string?> findTunnel) =>
        (context, cancel) => ReadPartsAsync(context, segment, findTunnel, cancel);

    private static async IAsyncEnumerable<JsonObject> ReadPartsAsync(
        CommandContext context,
        string segment,
        Func<CommandContext, string?> findTunnel,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var client = await context.ClientAsync(cancel);
        var tunnels = findTunnel(context) is { } one
            ? AsyncEnumerable.Repeat(await context.IdAsync(Noun.Tunnel, one, cancel), 1)
            : NameResolver.AllAsync(client, Noun.Tunnel.Path, cancel).Select(tunnel => tunnel.Text("id") ?? "");
        await foreach (var tunnel in tunnels.WithCancellation(cancel))
        {
            var parts = await client.GetAsync($"{Noun.Tunnel.GetPath(tunnel)}/{segment}", cancel);
            foreach (var part in parts.Json.Data().OfType<JsonObject>())
            {
                yield return part;
            }
        }
    }

    private static async IAsyncEnumerable<JsonObject> ReadAsync(
        CommandContext context,
        string path,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        // The line may name a workspace that is not written out yet, and workspaces are listed in none.
        var client =
            path == Noun.Workspace.Path
                ? await context.OrganizationClientAsync(cancel)
                : await context.ClientAsync(cancel);
        var query = new Query().Add("limit", "100");
        foreach (var item in (await client.GetAsync(query.On(path), cancel)).Json.Data().OfType<JsonObject>())
        {
            yield return item;
        }
    }

    private static List<CompletionItem> Names(CompletionContext line, ObjectSource source, string member)
    {
        // Others ask too: help, for one, and with no line at all.
        if (line is not TextCompletionContext || line.ParseResult.RootCommandResult.Command is not CulvertRoot root)
        {
            return [];
        }

        try
        {
            // The library has no way to wait but this one.
            using var limit = new CancellationTokenSource(Patience, root.Time);
            return Task.Run(() => FindAsync(root, line, source, member, limit.Token)).GetAwaiter().GetResult();
        }
        catch (Exception)
        {
            // Completion does not report errors: the command itself does.
            return [];
        }
    }

    private static async Task<List<CompletionItem>> FindAsync(
        CulvertRoot root,
        CompletionContext line,
        ObjectSource source,
        string member,
        CancellationToken cancel
    )
    {
        var found = new List<CompletionItem>();
        using var context = root.CreateQuietContext(line.ParseResult);
        await foreach (var item in source(context, cancel))
        {
            if (found.Count == MaxNames)
            {
                break;
            }

            var word = item.Text(member) is { } name && Plain().IsMatch(name) ? name : item.Text("id");
            if (item["archived_at"] is null && word is not null && Plain().IsMatch(word))
            {
                found.Add(new CompletionItem(word));
            }
        }

        return found;
    }

    // Names are other people's words, and bash expands what completion offers: $(…) in a name would run.
    [GeneratedRegex(@"\A[A-Za-z0-9_.][A-Za-z0-9_.+/-]*\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Plain();
}
