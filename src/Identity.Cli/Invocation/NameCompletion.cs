using System.CommandLine;
using System.CommandLine.Completions;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Invocation;

/// <summary>
/// Completes names of objects from the service's lists. On any problem (no address, no sign-in, a timeout) it offers and
/// prints nothing, because the operator is typing.
/// </summary>
internal static partial class NameCompletion
{
    public const int MaxNames = 100;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Lists the objects that a value may name.</summary>
    public delegate IAsyncEnumerable<JsonObject> ObjectSource(CommandContext context, CancellationToken cancel);

    public static Argument<T> Offering<T>(this Argument<T> argument, Noun noun) =>
        argument.Offering(FromList(noun.Path), noun.NameMember);

    public static Option<T> Offering<T>(this Option<T> option, Noun noun)
    {
        option.CompletionSources.Add(line => Names(line, FromList(noun.Path), noun.NameMember));
        return option;
    }

    /// <summary>Offers an object's name, or its id if the name needs quotes.</summary>
    public static Argument<T> Offering<T>(this Argument<T> argument, ObjectSource source, string member)
    {
        argument.HelpName = argument.Name; // otherwise help would call the completion
        argument.CompletionSources.Add(line => Names(line, source, member));
        return argument;
    }

    public static ObjectSource FromList(string path) => (context, cancel) => ReadAsync(context, path, cancel);

    /// <summary>Parts of the tunnel that the line names, or of all tunnels.</summary>
    /// <param name="segment">The path segment below the tunnel's path.</param>
    /// <param name="findTunnel">Returns the id or name in the line.</param>
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
        // The line may name an incomplete workspace, and workspaces are listed without one.
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
        // Help also calls this, without a line.
        if (line is not TextCompletionContext || line.ParseResult.RootCommandResult.Command is not CulvertRoot root)
        {
            return [];
        }

        try
        {
            // The library's interface is synchronous.
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

    // Other people choose names, and bash expands what completion offers: $(…) in a name would run.
    [GeneratedRegex(@"\A[A-Za-z0-9_.][A-Za-z0-9_.+/-]*\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Plain();
}
