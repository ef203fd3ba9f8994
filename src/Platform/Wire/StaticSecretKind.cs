namespace Culvert.Platform.Wire;

/// <summary>What a static secret is: the values of <see cref="AgentReportSecret.Kind"/>.</summary>
public static class StaticSecretKind
{
    /// <summary>The value of a header, such as a token or an API key, for the upstream of a route.</summary>
    public const string Header = "header";

    /// <summary>A client secret for an authorization server.</summary>
    public const string ClientSecret = "client_secret";

    /// <summary>The private key of a client, for a signed assertion or for TLS.</summary>
    public const string ClientKey = "client_key";

    /// <summary>The private key of a server certificate.</summary>
    public const string ServerKey = "server_key";

    /// <summary>The password for a proxy or a mail server.</summary>
    public const string Password = "password";

    /// <summary>An environment variable of a program that the agent starts.</summary>
    public const string Variable = "variable";

    /// <summary>The key for the control plane of another provider.</summary>
    public const string ApiKey = "api_key";

    public const string TunnelToken = "tunnel_token";

    /// <summary>The key that binds an account at a public CA.</summary>
    public const string AccountKey = "account_key";

    /// <summary>The secret that signs messages to a receiver, which checks them with the same one.</summary>
    public const string SigningSecret = "signing_secret";

    /// <summary>A bearer token for the endpoint of another party.</summary>
    public const string BearerToken = "bearer_token";

    /// <summary>The PIN of a hardware security module.</summary>
    public const string Pin = "pin";

    /// <summary>The key that opens the service's sealed secrets.</summary>
    public const string SealingKey = "sealing_key";

    /// <summary>A connection string of a database, with its password.</summary>
    public const string Database = "database";
}
