using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Output;
using Culvert.Identity.Cli.SignIn;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert logout</c>: removes the sign-in at one service, with its tokens and their key.</summary>
internal static class LogoutCommand
{
    public static Command Create(VerbFactory verbs) =>
        verbs.Create(
            "logout",
            "delete the stored sign-in at the service of --url; copies of the token stay valid until it expires",
            (context, _) =>
            {
                context.RefuseDryRun();
                var url = context.Settings.Url;
                var was = SignInStore.Remove(url, context.Host);
                return Task.FromResult(
                    CommandResult.Object(
                        new JsonObject { ["url"] = url.ToString().TrimEnd('/'), ["was_signed_in"] = was }
                    ) with
                    {
                        Plain = was ? $"signed out at {url.Authority}" : $"you were not signed in at {url.Authority}",
                    }
                );
            }
        );
}
