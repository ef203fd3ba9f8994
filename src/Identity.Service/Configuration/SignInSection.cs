using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Jose.Algorithms;
using Culvert.Platform.Configuration;
using Culvert.Platform.Fetching;

namespace Culvert.Identity.Service.Configuration;

internal static class SignInSection
{
    public static SignInOptions Read(ConfigSection signIn)
    {
        var issuer = signIn.String("issuer");
        if (issuer.Length > 0 && !SafeFetcher.TryParseUrl(issuer, out _))
        {
            signIn.Error("issuer", "This is not the URL of an identity provider.", "Write its issuer: https://…");
        }

        var options = new SignInOptions
        {
            Issuer = issuer,
            ClientId = signIn.String("client_id"),
            CommandLineClientId = signIn.String("command_line_client_id"),
            ClientSecret = signIn.Secret("client_secret", mustExist: false),
            CaFile = signIn.Path("ca_file"),
            Networks = signIn.Ranges("networks"),
            Algorithms = Algorithms(signIn),
            Scopes = signIn.Strings("scopes"),
            RolesClaim = signIn.String("roles_claim", "groups"),
            Roles = signIn.StringLists("roles"),
            Organization = signIn.String("organization"),
            AdminKeys = signIn.Bool("admin_keys", true),
            Session = signIn.Duration(
                "session",
                TimeSpan.FromHours(8),
                TimeSpan.FromMinutes(5),
                SignInOptions.LongestSession
            ),
            Idle = signIn.Duration("idle", TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(2), TimeSpan.FromHours(24)),
        };
        foreach (var (role, _) in options.Roles)
        {
            if (!AdminRole.OfPeople.Any(known => known.Name == role))
            {
                signIn.Error(
                    "roles",
                    $"The role {role} does not exist.",
                    $"Use {AdminRole.Describe(AdminRole.OfPeople)}."
                );
            }
        }

        if (options.HasProvider && options.ClientId.Length == 0)
        {
            signIn.Error(
                "client_id",
                "The provider knows the console by no name.",
                "Register the client at the provider, and write its client ID."
            );
        }

        if (options.CommandLineClientId.Length > 0 && options.CommandLineClientId == options.ClientId)
        {
            signIn.Error(
                "command_line_client_id",
                "Console and command line have the same registration.",
                "Register the command line as a client of its own: a token for one must not be a token for the other."
            );
        }

        if (options.HasProvider && options.Roles.All(role => role.Value.Count == 0))
        {
            signIn.Error(
                "roles",
                "No user could sign in: no value is mapped to a role.",
                "Write roles: {viewer: [VALUE]}."
            );
        }

        if (
            !options.HasProvider
            && (
                options.ClientId.Length > 0
                || options.CommandLineClientId.Length > 0
                || options.ClientSecret is not null
                || options.Roles.Count > 0
            )
        )
        {
            signIn.Error(
                "issuer",
                "Client and roles belong to an identity provider.",
                "Name it, or remove the other keys."
            );
        }

        return options;
    }

    private static JwsAlgorithms Algorithms(ConfigSection signIn)
    {
        var set = JwsAlgorithms.Empty;
        foreach (var name in signIn.Strings("algorithms", "RS256", "PS256", "ES256"))
        {
            if (JwsAlgorithmExtensions.TryParse(name, out var algorithm))
            {
                set |= algorithm.AsSet();
            }
            else
            {
                signIn.Error(
                    "algorithms",
                    $"The algorithm {name} is not supported.",
                    "Use RS256, PS256, ES256 and their like."
                );
            }
        }

        return set;
    }
}
