using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Platform.Certificates;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;

namespace Culvert.Machine.Client.CertificateFiles;

/// <summary>
/// Key, certificate and trust bundle as files for another server. Each change creates a new folder, and one rename
/// publishes all of its files atomically:
/// <code>
/// DIR/tls.key -> ..data/tls.key      0600  private key, PKCS#8
/// DIR/tls.crt -> ..data/tls.crt      0600  leaf, then its chain without the root
/// DIR/tls.pem -> ..data/tls.pem      0600  both in one file, for servers that read a single file
/// DIR/ca.crt  -> ..data/ca.crt       0600  the tunnel's trust bundle
/// DIR/certificate.json -> …          0600  their description
/// DIR/..data  -> ..20260101T000000Z-0a1b2c3d-77aa   the current version: the link that is replaced
/// DIR/.culvert/                      0700  lock, pending request, cached tokens
/// </code>
/// A reader never finds a new key with an old certificate in one version. The previous version stays for a reader that
/// resolved the link just before. A lock that ends with its process allows one writer at a time. Files of other origin
/// are never changed: the folder is refused, and the error names the file.
/// </summary>
public sealed class CertificateFolder : IDisposable
{
    public const string KeyFile = "tls.key";
    public const string CertificateFile = "tls.crt";
    public const string CombinedFile = "tls.pem";
    public const string BundleFile = "ca.crt";
    public const string RecordFile = "certificate.json";

    private static readonly SearchValues<char> VersionCharacters = SearchValues.Create("0123456789abcdefTZ-");

    private const string Data = "..data";
    private const string NextData = "..data.next";
    private const string StateFolder = ".culvert";
    private const string RequestFile = "request.json";
    private const string CommandFile = "command-owed";
    private const int MaxFileBytes = 1024 * 1024;
    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private static readonly string[] PublicNames = [KeyFile, CertificateFile, CombinedFile, BundleFile, RecordFile];

    private CertificateFolder(string path, StateDirectory state)
    {
        Path = path;
        State = state;
    }

    public string Path { get; }

    /// <summary>The private part of the folder (<c>.culvert</c>).</summary>
    public StateDirectory State { get; }

    /// <summary>The current certificate; null before the first.</summary>
    public FiledCertificate? Current { get; private set; }

    /// <summary>The command after a change has not succeeded yet.</summary>
    public bool IsCommandOwed => File.Exists(State.GetPath(CommandFile));

    /// <summary>Creates the folder if needed, takes its lock, and checks everything in it.</summary>
    /// <exception cref="CertificateFolderException">The folder is locked, open to others, or has foreign files.</exception>
    public static CertificateFolder Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        StateDirectory? state = null;
        try
        {
            Directory.CreateDirectory(full, PrivateFile.FolderMode);
            RequireOwn(full);
            if ((File.GetUnixFileMode(full) & WritableByOthers) != 0)
            {
                throw new CertificateFolderException($"{full} can be written by others: run `chmod go-w {full}`.");
            }

            state = StateDirectory.Open(System.IO.Path.Combine(full, StateFolder));
            var folder = new CertificateFolder(full, state);
            folder.RequireNothingForeign();
            folder.Current = folder.ReadRecord();
            return folder;
        }
        catch (StateDirectoryException e)
        {
            throw e.IsInUse
                ? new CertificateFolderException($"Another run works on {full}.", e) { IsBusy = true }
                : new CertificateFolderException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            state?.Dispose();
            throw new CertificateFolderException($"{full} cannot be used: {e.Message}", e);
        }
        catch
        {
            state?.Dispose();
            throw;
        }
    }

    /// <summary>The current key and certificate; null when there are none or they cannot be used.</summary>
    public KeyAndCertificate? ReadCurrent()
    {
        try
        {
            return Current is null
                ? null
                : KeyAndCertificate.FromPem(
                    PrivateFile.ReadText(InForce(CertificateFile), MaxFileBytes),
                    PrivateFile.ReadText(InForce(KeyFile), MaxFileBytes)
                );
        }
        catch (Exception e) when (e is CertificateUnusableException or SecretUnavailableException)
        {
            return null;
        }
    }

    /// <summary>The current trust bundle; null when there is none.</summary>
    public string? ReadBundle()
    {
        try
        {
            return Current is null ? null : PrivateFile.ReadText(InForce(BundleFile), MaxFileBytes);
        }
        catch (SecretUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Writes a complete new version and makes it current.</summary>
    /// <exception cref="CertificateFolderException">The disk refuses; the previous version is still current.</exception>
    public void Write(FiledCertificate record, KeyAndCertificate pair, string bundlePem)
    {
        var version = CreateName(record);
        var folder = System.IO.Path.Combine(Path, version);
        var (key, certificates) = (pair.ExportPrivateKeyPem().TrimEnd() + "\n", pair.ExportCertificatesPem());
        try
        {
            Directory.CreateDirectory(folder, PrivateFile.FolderMode);
            WriteFile(folder, KeyFile, key);
            WriteFile(folder, CertificateFile, certificates);
            WriteFile(folder, CombinedFile, key + certificates);
            WriteFile(folder, BundleFile, bundlePem);
            WriteFile(folder, RecordFile, JsonSerializer.Serialize(record, FilesJson.Default.FiledCertificate) + "\n");
            var before = VersionInForce();
            PutInForce(version);
            Current = record;
            Forget(version, before);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            DeleteQuietly(VersionInForce() == version ? null : folder);
            throw new CertificateFolderException($"{folder} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>The request that an earlier run left without an answer; null when there is none for that tunnel.</summary>
    public PendingRequest? LoadRequest(string url, string tunnelId)
    {
        try
        {
            return
                State.ReadText(RequestFile) is { } text
                && JsonSerializer.Deserialize(text, FilesJson.Default.StoredRequest) is { } stored
                && stored.Url == url
                && stored.TunnelId == tunnelId
                ? PendingRequest.Restore(stored.KeyPem, stored.Csr)
                : null;
        }
        catch (Exception e) when (e is JsonException or SecretUnavailableException)
        {
            return null; // it can be created again
        }
    }

    /// <summary>Call this before the request is sent.</summary>
    /// <exception cref="CertificateFolderException">The disk refuses.</exception>
    public void SaveRequest(string url, string tunnelId, PendingRequest request) =>
        Store(
            RequestFile,
            JsonSerializer.Serialize(
                new StoredRequest(
                    Url: url,
                    TunnelId: tunnelId,
                    Csr: request.Csr,
                    KeyPem: request.ExportPrivateKeyPem()
                ),
                FilesJson.Default.StoredRequest
            )
        );

    /// <summary>Call this when the certificate of the request is current, or will never be issued.</summary>
    public void DropRequest() => State.Delete(RequestFile);

    /// <summary>Call this before a change is published, so that a crash cannot lose the command.</summary>
    public void OweCommand() => Store(CommandFile, "");

    public void CommandIsDone() => State.Delete(CommandFile);

    public void Dispose() => State.Dispose();

    private static string CreateName(FiledCertificate record) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"..{record.IssuedAt.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{record.Serial[..Math.Min(8, record.Serial.Length)]}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}"
        );

    private static bool IsVersion(string name) =>
        name.Length > 20
        && name.StartsWith("..2", StringComparison.Ordinal)
        && name[17] == 'Z'
        && !name.AsSpan(2).ContainsAnyExcept(VersionCharacters);

    private string InForce(string name) => System.IO.Path.Combine(Path, Data, name);

    private string? VersionInForce() => new FileInfo(System.IO.Path.Combine(Path, Data)).LinkTarget;

    private void PutInForce(string version)
    {
        var next = System.IO.Path.Combine(Path, NextData);
        File.Delete(next); // left by a crash
        Directory.CreateSymbolicLink(next, version);
        PosixFile.Rename(next, System.IO.Path.Combine(Path, Data));
        foreach (var name in PublicNames)
        {
            var link = System.IO.Path.Combine(Path, name);
            if (new FileInfo(link).LinkTarget is null)
            {
                File.CreateSymbolicLink(link, $"{Data}/{name}");
            }
        }
    }

    private void Forget(string present, string? before)
    {
        foreach (var folder in Directory.EnumerateDirectories(Path, "..2*"))
        {
            var name = System.IO.Path.GetFileName(folder);
            if (IsVersion(name) && name != present && name != before)
            {
                DeleteQuietly(folder);
            }
        }
    }

    // The folder that stays is removed at the next change.
    private static void DeleteQuietly(string? folder)
    {
        try
        {
            if (folder is not null && Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    private static void WriteFile(string folder, string name, string text) =>
        PrivateFile.WriteNew(System.IO.Path.Combine(folder, name), Encoding.UTF8.GetBytes(text));

    private void Store(string name, string text)
    {
        try
        {
            State.WriteText(name, text);
        }
        catch (StateDirectoryException e)
        {
            throw new CertificateFolderException(e.Message, e);
        }
    }

    private void RequireNothingForeign()
    {
        foreach (var entry in new DirectoryInfo(Path).EnumerateFileSystemInfos())
        {
            if (entry.Name == StateFolder)
            {
                continue; // StateDirectory has checked it
            }

            RequireOwn(entry.FullName);
            if (!IsOurs(entry))
            {
                throw new CertificateFolderException(
                    $"{entry.FullName} was not written by this command, which never overwrites other files: move it away, or name another folder."
                );
            }

            if (entry.LinkTarget is null && IsVersion(entry.Name))
            {
                RequireVersion(entry.FullName);
            }
        }
    }

    private static bool IsOurs(FileSystemInfo entry) =>
        entry.LinkTarget is { } target
            ? entry.Name is Data or NextData
                ? IsVersion(target)
                : PublicNames.Contains(entry.Name) && target == $"{Data}/{entry.Name}"
            : entry is DirectoryInfo && IsVersion(entry.Name);

    private static void RequireVersion(string folder)
    {
        if ((File.GetUnixFileMode(folder) & PrivateFile.Others) != 0)
        {
            throw new CertificateFolderException($"{folder} is open to others: run `chmod 700 {folder}`.");
        }

        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            RequireOwn(entry.FullName);
            if (entry is not FileInfo || entry.LinkTarget is not null || !PublicNames.Contains(entry.Name))
            {
                throw new CertificateFolderException(
                    $"{entry.FullName} is not from this command: move it away, or name another folder."
                );
            }

            if ((File.GetUnixFileMode(entry.FullName) & ~PrivateFile.Mode) != 0)
            {
                throw new CertificateFolderException(
                    $"{entry.FullName} can be read by other users: run `chmod 600 {entry.FullName}`, and treat its key as compromised if others could read it."
                );
            }
        }
    }

    private static void RequireOwn(string path)
    {
        if (PosixFile.GetOwner(path) is var owner && owner != PosixFile.Self)
        {
            throw new CertificateFolderException(
                $"{path} belongs to user {owner}, and this runs as user {PosixFile.Self}: run it as that user, or name another folder."
            );
        }
    }

    // A version that cannot be read counts as absent: everything can be requested again.
    private FiledCertificate? ReadRecord()
    {
        try
        {
            return VersionInForce() is null || !File.Exists(InForce(RecordFile))
                ? null
                : JsonSerializer.Deserialize(
                    PrivateFile.ReadText(InForce(RecordFile)),
                    FilesJson.Default.FiledCertificate
                );
        }
        catch (Exception e) when (e is JsonException or SecretUnavailableException)
        {
            return null;
        }
    }
}
