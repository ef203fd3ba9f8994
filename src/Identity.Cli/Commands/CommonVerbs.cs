using System.CommandLine;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class CommonVerbs
{
    public static Command Show(VerbFactory verbs, Noun noun)
    {
        var id = Flags.Id(noun);
        return verbs.Create(
            "show",
            $"print one {noun.Word}",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await context.PathAsync(noun, context.Get(id), cancel);
                return CommandResult.Object(await client.GetAsync(path, cancel));
            },
            [id, .. WatchFlags.Create()]
        );
    }

    /// <summary>A reversible change, with the verb of that name.</summary>
    public static Command Change(VerbFactory verbs, Noun noun, string verb, string description)
    {
        var id = Flags.Id(noun);
        var reason = Flags.Text("--reason", "TEXT", "for the audit");
        return verbs.Create(
            verb,
            description,
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await context.PathAsync(noun, context.Get(id), cancel);
                return CommandResult.Object(
                    await client.PostAsync($"{path}/{verb}", UpdateBody.Reason(context.Get(reason)), cancel)
                );
            },
            id,
            reason
        );
    }

    public static Command Archive(VerbFactory verbs, Noun noun, string consequence)
    {
        var id = Flags.Id(noun);
        var yes = Flags.Yes();
        return verbs.Create(
            "archive",
            $"archive permanently: {consequence}",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var found = await context.IdAsync(noun, context.Get(id), cancel);
                if (!context.Get(yes))
                {
                    var name = (await client.GetAsync(noun.GetPath(found), cancel)).Json.Text(noun.NameMember) ?? found;
                    context.Confirm($"Archiving {noun.Word} {name}: {consequence}", name, yes: false);
                }

                return CommandResult.Object(
                    await client.PostAsync($"{noun.GetPath(found)}/archive", body: null, cancel)
                );
            },
            id,
            yes
        );
    }
}
