using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Cli.Support;

/// <summary>An archive of redacted texts: every entry goes through <see cref="Redaction"/>, there is no other way in.</summary>
internal sealed class SupportBundle : IDisposable
{
    private readonly string path;
    private readonly DateTimeOffset madeAt;
    private readonly FileStream file;
    private readonly GZipStream packed;
    private readonly TarWriter archive;

    /// <param name="path">Must not exist; its owner's alone.</param>
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

    public void Add(string name, JsonNode json) =>
        Write(name, (Redaction.Redact(json) ?? new JsonObject()).ToJsonString(WireJson.Plain) + "\n");

    public void Add(string name, string text) => Write(name, Redaction.Redact(text));

    public void Dispose()
    {
        archive.Dispose();
        packed.Dispose();
        file.Dispose();
    }

    public override string ToString() => path;

    private void Write(string name, string text)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
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
