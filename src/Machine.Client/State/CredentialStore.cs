using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Culvert.Machine.Client.Dialects;
using Culvert.Machine.Client.Stored;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;
using Culvert.Platform.Wire;
using Microsoft.Extensions.Logging;

namespace Culvert.Machine.Client.State;

/// <summary>
/// Stores credentials and the last feed across restarts. A file that cannot be read, or that is foreign, counts as
/// absent: everything here can be requested again.
/// </summary>
internal sealed class CredentialStore<TFeed>(
    StateDirectory state,
    string url,
    MachineDialect<TFeed> dialect,
    ILogger log
)
    where TFeed : class
{
    private const string IdentityFile = "platform.json";
    private const string FeedFile = "feed.json";

    private readonly StateSeal seal = new(state);

    // Binds the sealed feed to its file, service and machine.
    private string FeedPurpose => $"{FeedFile}\n{url}\n{dialect.Subject}";

    public StoredIdentity? LoadIdentity() =>
        Load(IdentityFile, StateJson.Default.StoredIdentity) is { } stored && IsOurs(stored.Url, stored.Subject)
            ? stored
            : null;

    /// <summary>A stored identity for another service or machine; only for messages.</summary>
    public StoredIdentity? FindForeignIdentity() =>
        Load(IdentityFile, StateJson.Default.StoredIdentity) is { } stored && !IsOurs(stored.Url, stored.Subject)
            ? stored
            : null;

    public StoredFeed<TFeed>? LoadFeed() =>
        Load(FeedFile, dialect.StoredFeedType, text => seal.Open(FeedPurpose, text)) is { } stored
        && IsOurs(stored.Url, stored.Subject)
            ? stored
            : null;

    public StoredServerCertificate? LoadServerCertificate(string? domain) =>
        Load(ServerFile(domain), StateJson.Default.StoredServerCertificate) is { } stored
        && IsOurs(stored.Url, stored.Subject)
            ? stored
            : null;

    /// <summary>The stored certificate stays for diagnosis and is not used again.</summary>
    public void SaveWithdrawal(string reason)
    {
        if (LoadIdentity() is { } stored)
        {
            Save(IdentityFile, stored with { Withdrawal = reason }, StateJson.Default.StoredIdentity);
        }
    }

    public void SaveIdentity(MachineEnrollment enrolment, string keyPem)
    {
        var stored = new StoredIdentity(Url: url, Subject: dialect.Subject, Enrolment: enrolment, KeyPem: keyPem);
        Save(IdentityFile, stored, StateJson.Default.StoredIdentity);
    }

    public void SaveFeed(TFeed feed, DateTimeOffset lastContact)
    {
        var stored = new StoredFeed<TFeed>(Url: url, Subject: dialect.Subject, LastContact: lastContact, Feed: feed);
        Save(FeedFile, stored, dialect.StoredFeedType, text => seal.Seal(FeedPurpose, text));
    }

    public void SaveServerCertificate(string? domain, CertificateDocument certificate, string keyPem)
    {
        var stored = new StoredServerCertificate(
            Url: url,
            Subject: dialect.Subject,
            Certificate: certificate,
            KeyPem: keyPem
        );
        Save(ServerFile(domain), stored, StateJson.Default.StoredServerCertificate);
    }

    // A domain has only letters, digits, dots and hyphens, so it is safe in a file name.
    private static string ServerFile(string? domain) => domain is null ? "server.json" : $"server-{domain}.json";

    private bool IsOurs(string storedUrl, string storedSubject) => storedUrl == url && storedSubject == dialect.Subject;

    private T? Load<T>(string name, JsonTypeInfo<T> type, Func<string, string>? open = null)
        where T : class
    {
        try
        {
            return state.ReadText(name) is { } text
                ? JsonSerializer.Deserialize(open?.Invoke(text) ?? text, type)
                : null;
        }
        catch (Exception e) when (e is JsonException or SecretUnavailableException or CryptographicException)
        {
            // The exception could quote the file.
            StateLog.StateUnreadable(log, state.GetPath(name));
            return null;
        }
    }

    // A full disk must not stop a machine that already has its new credential.
    private void Save<T>(string name, T value, JsonTypeInfo<T> type, Func<string, string>? close = null)
    {
        try
        {
            var text = JsonSerializer.Serialize(value, type);
            state.WriteText(name, close?.Invoke(text) ?? text);
        }
        catch (StateDirectoryException e)
        {
            StateLog.StateUnwritable(log, e.Message);
        }
    }
}
