using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads a route's <c>credentials</c>.</summary>
internal static class CredentialReader
{
    private const string None = "none";
    private const string Static = "static";
    private const string MutualTls = "mtls";
    private const string ClientCredentials = "client_credentials";
    private const string TokenExchange = "token_exchange";
    private const string PersonGrant = "person_grant";
    private const string Aws = "aws";
    private const string Google = "google";
    private const string GitHubApp = "github_app";

    /// <param name="oauth">Who authenticates the route's callers: an exchange needs a token that the agent has
    /// validated, and session tags are claims of one.</param>
    /// <param name="hasCertificate">Whether the agent sends a client certificate to the upstream.</param>
    public static CredentialSettings Read(ConfigSection section, OauthSettings oauth, bool hasCertificate)
    {
        var written = section.Choice(
            "type",
            None,
            None,
            Static,
            MutualTls,
            ClientCredentials,
            TokenExchange,
            PersonGrant,
            Aws,
            Google,
            GitHubApp
        );
        var type = written switch
        {
            Static => CredentialType.Static,
            MutualTls => CredentialType.MutualTls,
            ClientCredentials => CredentialType.ClientCredentials,
            TokenExchange => CredentialType.TokenExchange,
            PersonGrant => CredentialType.PersonGrant,
            Aws => CredentialType.Aws,
            Google => CredentialType.Google,
            GitHubApp => CredentialType.GitHubApp,
            _ => CredentialType.None,
        };
        var hasToken = type is CredentialType.ClientCredentials or CredentialType.TokenExchange;
        var settings = new CredentialSettings
        {
            Type = type,
            Header = section.String("header", "Authorization"),
            Value = section.Secret("value", required: type == CredentialType.Static),
            Token = hasToken || section.Has("token") ? TokenReader.Read(section.Section("token")) : null,
            Aws = type == CredentialType.Aws || section.Has(Aws) ? AwsReader.Read(section.Section(Aws), oauth) : null,
            Google =
                type == CredentialType.Google || section.Has(Google)
                    ? GoogleReader.Read(section.Section(Google))
                    : null,
            GitHubApp =
                type == CredentialType.GitHubApp ? section.RequiredString(GitHubApp) : section.String(GitHubApp),
        };
        Check(section, settings, oauth.Mode, hasCertificate, hasToken);
        return settings;
    }

    private static void Check(
        ConfigSection section,
        CredentialSettings settings,
        OauthMode mode,
        bool hasCertificate,
        bool hasToken
    )
    {
        if (settings.Type != CredentialType.Static && settings.Value is not null)
        {
            section.Error("value", "It is not used with this type.", "Set type: static, or remove it.");
        }

        if (settings.Token is not null && !hasToken)
        {
            section.Error("token", "It is not used with this type.", "Set type: client_credentials or token_exchange.");
        }

        if (settings.Aws is not null && settings.Type != CredentialType.Aws)
        {
            section.Error(Aws, "It is not used with this type.", "Set type: aws, or remove it.");
        }

        if (settings.Google is not null && settings.Type != CredentialType.Google)
        {
            section.Error(Google, "It is not used with this type.", "Set type: google, or remove it.");
        }

        if (settings.GitHubApp.Length > 0 && settings.Type != CredentialType.GitHubApp)
        {
            section.Error(GitHubApp, "It is not used with this type.", "Set type: github_app, or remove it.");
        }

        if (settings.Type == CredentialType.MutualTls && !hasCertificate)
        {
            section.Error(
                "type",
                "The upstream would see no certificate.",
                "Set upstream.tls.client_certificate_file and client_key_file, and an https URL."
            );
        }

        if (settings.Type is CredentialType.TokenExchange or CredentialType.PersonGrant && mode != OauthMode.Required)
        {
            section.Error(
                "type",
                "The agent has no checked token of the caller.",
                "Set oauth.mode: required, or type: client_credentials."
            );
        }

        if (!IsFieldName(settings.Header) || !HeaderRules.MaySend(settings.Header))
        {
            section.Error(
                "header",
                "No credential can be sent in this header.",
                "Write Authorization, or the name of a header that the upstream reads, such as X-Api-Key."
            );
        }
    }

    // RFC 9110 §5.6.2
    internal static bool IsFieldName(string name) =>
        name.Length > 0
        && name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
}
