using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Platform.Secrets;
using Culvert.Platform.Timing;

namespace Culvert.Identity.Cli.Support;

/// <summary>An archive of redacted texts: every entry passes through <see cref="Redaction"/>.</summary>
internal sealed class SupportBundle : IDisposable
{
    private const int MiB = 1024 * 1024;

    /// <summary>Limit of one entry; useful entries are smaller, and a peer may send anything.</summary>
    private const int MaxEntryBytes = 16 * MiB;

    /// <summary>Uncompressed size after which no entry is added.</summary>
    private const long MaxBytes = 128 * MiB;

    private static readonly TimeSpan EntryLimit = TimeSpan.FromSeconds(60);

    private readonly string path;
    private readonly DateTimeOffset madeAt;
    private readonly FileStream file;
    private readonly GZipStream packed;
    private readonly TarWriter archive;
    private readonly List<(string Name, string Reason)> notRead = [];
    private long written;

    /// <param name="path">Must not exist; created for its owner only.</param>
    /// <param name="madeAt">The time of its entries.</param>
    public SupportBundle(string path, DateTimeOffset madeAt)
    {
        this.path = path;
        this.madeAt = madeAt;
        try
        {
            file = new FileStream(
                path,
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    UnixCreateMode = PrivateFile.Mode,
                }
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Failed, $"the file cannot be created: {e.Message}", e) { Where = path };
        }

        packed = new GZipStream(file, CompressionLevel.Optimal);
        archive = new TarWriter(packed);
    }

    public List<string> Entries { get; } = [];

    /// <summary>What could not be read, or not completely, and why.</summary>
    public IReadOnlyList<(string Name, string Reason)> NotRead => notRead;

    public void Add(string name, JsonNode json) => Write(name, ToText(json));

    public void Add(string name, string text) => Write(name, Encoding.UTF8.GetBytes(Redaction.Redact(text)));

    /// <summary>Adds what is read within the time limit; otherwise the reason.</summary>
    /// <returns>The failure, unless it was a timeout; null = none.</returns>
    public async Task<CommandFailure?> TryAddAsync(
        string name,
        Func<CancellationToken, Task<JsonNode>> read,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        using var limit = new TimeLimit(EntryLimit, time, cancel);
        try
        {
            Add(name, await read(limit.Token));
            return null;
        }
        catch (CommandFailure failure)
        {
            Miss(name, failure.Message, failure.RequestId);
            return failure;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            Miss(name, $"not read within {EntryLimit.TotalSeconds:0} s");
            return null;
        }
    }

    /// <summary>Adds an entry that only says why its content is missing.</summary>
    public void Miss(string name, string reason, string? requestId = null)
    {
        reason = MissRest(name, reason);
        WriteEntry(name, ToText(new JsonObject { ["not_read"] = reason, ["request_id"] = requestId }));
    }

    /// <summary>Notes that the entry is incomplete.</summary>
    /// <returns>The reason as it is in the bundle.</returns>
    public string MissRest(string name, string reason)
    {
        reason = Redaction.Redact(reason);
        notRead.Add((name, reason));
        return reason;
    }

    /// <summary>Adds the last entry, regardless of the size limit.</summary>
    public void AddManifest(JsonObject manifest)
    {
        manifest["entries"] = WireJson.ToJsonArray(Entries);
        manifest["not_read"] = new JsonArray([
            .. notRead.Select(one => (JsonNode)new JsonObject { ["name"] = one.Name, ["reason"] = one.Reason }),
        ]);
        WriteEntry("manifest.json", ToText(manifest));
    }

    public void Dispose()
    {
        archive.Dispose();
        packed.Dispose();
        file.Dispose();
    }

    public override string ToString() => path;

    private static byte[] ToText(JsonNode json) =>
        Encoding.UTF8.GetBytes((Redaction.Redact(json) ?? new JsonObject()).ToJsonString(WireJson.Plain) + "\n");

    private void Write(string name, byte[] bytes)
    {
        if (bytes.Length > MaxEntryBytes)
        {
            Miss(name, $"larger than {MaxEntryBytes / MiB} MiB");
        }
        else if (written + bytes.Length > MaxBytes)
        {
            Miss(name, $"the bundle has {MaxBytes / MiB} MiB already");
        }
        else
        {
            written += bytes.Length;
            WriteEntry(name, bytes);
        }
    }

    private void WriteEntry(string name, byte[] bytes)
    {
        using var content = new MemoryStream(bytes);
        archive.WriteEntry(
            new PaxTarEntry(TarEntryType.RegularFile, name)
            {
                DataStream = content,
                ModificationTime = madeAt,
                Mode = PrivateFile.Mode,
            }
        );
        Entries.Add(name);
    }
}
