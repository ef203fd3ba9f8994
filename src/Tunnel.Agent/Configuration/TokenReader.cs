using Culvert.Platform.Configuration;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Credentials;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads <c>credentials.token</c>.</summary>
internal static class TokenReader
{
    private const string Assertion = "private_key_jwt";
    private const string Basic = "client_secret_basic";
    private const string Post = "client_secret_post";
    private const string Tls = "tls";

    public static TokenSettings Read(ConfigSection section)
    {
        var url = section.RequiredString("url");
        if (url.Length > 0 && !SafeFetcher.TryParseUrl(url, out _))
        {
            section.Error("url", "This is not an https URL.", "Write the token endpoint of the authorization server.");
        }

        var written = section.Choice("client_auth", Assertion, Assertion, Basic, Post, Tls);
        var settings = new TokenSettings
        {
            Url = url,
            ClientId = section.RequiredString("client_id"),
            ClientAuth = written switch
            {
                Basic => ClientAuth.SecretBasic,
                Post => ClientAuth.SecretPost,
                Tls => ClientAuth.Tls,
                _ => ClientAuth.PrivateKeyJwt,
            },
            ClientKeyFile = section.Path("client_key_file", required: written is Assertion or Tls),
            ClientCertificateFile = section.Path("client_certificate_file", required: written == Tls),
            ClientSecret = section.Secret("client_secret", required: written is Basic or Post),
            Audience = section.RequiredString("audience"),
            Scope = section.String("scope"),
            Act = section.Bool("act", true),
            Roots = section.ReadRoots("ca_file", section.Path("ca_file"), "Name a file with the endpoint's CA."),
            AllowedRanges = section.Ranges("allowed_ranges"),
        };
        CheckKey(section, settings);
        return settings;
    }

    private static void CheckKey(ConfigSection section, TokenSettings settings)
    {
        var problem =
            settings.ClientKeyFile.Length == 0 ? null
            : settings.ClientAuth == ClientAuth.PrivateKeyJwt ? ClientAssertion.Problem(settings.ClientKeyFile)
            : settings.ClientAuth is ClientAuth.SecretBasic or ClientAuth.SecretPost
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

        if (settings.ClientSecret is not null && settings.ClientAuth is ClientAuth.PrivateKeyJwt or ClientAuth.Tls)
        {
            section.Error("client_secret", "It is not used with this client_auth.", "Remove it.");
        }
    }
}
