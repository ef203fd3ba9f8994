using Culvert.Platform.Configuration;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Credentials;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads <c>credentials.token</c>.</summary>
internal static class TokenReader
{
    private const string Assertion = "private_key_jwt";
    private const string Basic = "client_secret_basic";
    private const string Post = "client_secret_post";
    private const string Tls = "tls";
    private const string Federated = "federated";
    private const string Service = "service";
    private const string Platform = "platform";
    private const int MaxAudience = 512; // as of the identity service

    public static TokenSettings Read(ConfigSection section)
    {
        var then = section.List("then");
        if (then.Count > TokenChain.MaxLinks)
        {
            section.Error(
                "then",
                $"More than {TokenChain.MaxLinks} exchanges follow the first token.",
                "Let an authorization server issue a token that is nearer to the upstream."
            );
        }

        return ReadOne(section) with
        {
            Act = section.Bool("act", true),
            Then = [.. then.Take(TokenChain.MaxLinks).Select(ReadOne)],
        };
    }

    private static TokenSettings ReadOne(ConfigSection section)
    {
        var url = section.RequiredString("url");
        if (url.Length > 0 && !SafeFetcher.TryParseUrl(url, out _))
        {
            section.Error("url", "This is not an https URL.", "Write the token endpoint of the authorization server.");
        }

        var written = section.Choice("client_auth", Assertion, Assertion, Basic, Post, Tls, Federated);
        var assertion = section.Section("assertion");
        var settings = new TokenSettings
        {
            Url = url,
            ClientId = section.RequiredString("client_id"),
            ClientAuth = written switch
            {
                Basic => ClientAuth.SecretBasic,
                Post => ClientAuth.SecretPost,
                Tls => ClientAuth.Tls,
                Federated => ClientAuth.Federated,
                _ => ClientAuth.PrivateKeyJwt,
            },
            ClientKeyFile = SecretReference.ToFileOrNull(
                section.Path("client_key_file", required: written is Assertion or Tls)
            ),
            ClientCertificateFile = section.Path("client_certificate_file", required: written == Tls),
            ClientSecret = section.Secret("client_secret", required: written is Basic or Post),
            AssertionOrigin =
                assertion.Choice("source", Service, Service, Platform) == Platform
                    ? AssertionOrigin.Platform
                    : AssertionOrigin.Service,
            AssertionAudience = assertion.String("audience") is { Length: > 0 } audience ? audience : url,
            Audience = section.RequiredString("audience"),
            Scope = section.String("scope"),
            Roots = section.ReadRoots("ca_file", section.Path("ca_file"), "Name a file with the endpoint's CA."),
            AllowedRanges = section.Ranges("allowed_ranges"),
        };
        CheckKey(section, settings);
        CheckFederated(section, settings);
        return settings;
    }

    private static void CheckKey(ConfigSection section, TokenSettings settings)
    {
        var problem =
            settings.ClientKeyFile is not { } key ? null
            : settings.ClientAuth == ClientAuth.PrivateKeyJwt ? ClientAssertion.Problem(key)
            : settings.ClientAuth is ClientAuth.SecretBasic or ClientAuth.SecretPost or ClientAuth.Federated
                ? "It is not used with this client_auth."
            : null;
        if (problem is not null)
        {
            section.Error(
                "client_key_file",
                problem,
                "Name a PEM file with an EC key on P-256 or an RSA key of 2048 bits or more, mode 0600."
            );
        }

        if (
            settings.ClientSecret is not null
            && settings.ClientAuth is ClientAuth.PrivateKeyJwt or ClientAuth.Tls or ClientAuth.Federated
        )
        {
            section.Error("client_secret", "It is not used with this client_auth.", "Remove it.");
        }
    }

    private static void CheckFederated(ConfigSection section, TokenSettings settings)
    {
        if (settings.ClientAuth == ClientAuth.Federated)
        {
            if (settings.ClientCertificateFile.Length > 0)
            {
                section.Error("client_certificate_file", "It is not used with this client_auth.", "Remove it.");
            }

            if (
                settings.AssertionAudience.Length > MaxAudience
                || settings.AssertionAudience.AsSpan().ContainsAnyExceptInRange('!', '~')
            )
            {
                section.Error(
                    "assertion.audience",
                    $"This is not 1 to {MaxAudience} characters of ASCII without blanks.",
                    "Write the audience that the authorization server expects, such as api://AzureADTokenExchange."
                );
            }
        }
        else if (section.Has("assertion"))
        {
            section.Error("assertion", "It is not used with this client_auth.", "Set client_auth: federated.");
        }
    }
}
