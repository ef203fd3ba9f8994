using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.SignIn;

namespace Culvert.Identity.Cli.Invocation;

/// <summary>Selects a command's credential: the key that it names, else the sign-in, else the profile's key.</summary>
internal static class Credentials
{
    public static ICredential Find(Settings settings, CliHost host) =>
        !settings.IsKeyNamed && SignInStore.Read(settings.Url, host) is { } signIn
            ? new SignInCredential(signIn, settings, host)
            : new AdminKeyCredential(settings.AdminKeyFile);
}
