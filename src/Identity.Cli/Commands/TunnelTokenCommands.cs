using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert tunnel token</c>: the only commands whose result is a secret.</summary>
internal static class TunnelTokenCommands
{
    private const string TokenMember = "tunnel_token";

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group("token", "the secret by which an agent in manual mode enrols", Reveal(verbs), Rotate(verbs));

    private static Command Reveal(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Tunnel);
        var file = Flags.Out("the token, mode 0600,");
        return verbs.Create(
            "reveal",
            "print the current token (audited)",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await context.PathAsync(Noun.Tunnel, context.Get(id), cancel);
                return Result(
                    context,
                    await client.PostAsync($"{path}/reveal_token", body: null, cancel),
                    context.Get(file)
                );
            },
            id,
            file
        );
    }

    private static Command Rotate(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Tunnel);
        var reason = Flags.Text("--reason", "TEXT", "why, for the audit");
        var file = Flags.Out("the new token, mode 0600,");
        var yes = Flags.Yes();
        return verbs.Create(
            "rotate",
            "create a new token; the old one can no longer be used to enrol",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var found = await context.IdAsync(Noun.Tunnel, context.Get(id), cancel);
                var path = Noun.Tunnel.GetPath(found);
                if (!context.Get(yes))
                {
                    var name = (await client.GetAsync(path, cancel)).Json.Text(Noun.Tunnel.NameMember) ?? found;
                    context.Confirm(
                        $"Rotating the token of tunnel {name}: the present one dies at once",
                        name,
                        yes: false
                    );
                }

                var body = new JsonObject();
                if (context.Get(reason) is { } text)
                {
                    body["reason"] = text;
                }

                return Result(context, await client.PostAsync($"{path}/rotate_token", body, cancel), context.Get(file));
            },
            id,
            reason,
            file,
            yes
        );
    }

    /// <summary>With a file, the token is written only there, and the printed object names the file.</summary>
    private static CommandResult Result(CommandContext context, ApiAnswer answer, string? file)
    {
        var token = answer.Json.Text(TokenMember) ?? "";
        if (file is null)
        {
            return CommandResult.Object(answer) with { Plain = token };
        }

        OutFile.WriteSecret(file, token);
        context.Note($"written to {file}");
        var shown = (JsonObject)answer.Json.DeepClone();
        shown.Remove(TokenMember);
        shown["file"] = file;
        return CommandResult.Object(shown);
    }
}
