using System.Data.Common;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Backup;

/// <summary>Writes a backup's lines and their digest.</summary>
internal sealed class BackupWriter : IDisposable
{
    private static readonly byte[] NewLine = [(byte)'\n'];

    private readonly IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly MemoryStream line = new();
    private readonly GZipStream packed;
    private long rows;

    /// <param name="target">Written from its current position; stays open.</param>
    public BackupWriter(Stream target) => packed = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true);

    /// <summary>A file that only its owner may read; an unfinished one is deleted.</summary>
    public static FileStream Create(string path) =>
        new(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = PrivateFile.Mode,
            }
        );

    public void WriteHeader(BackupHeader header) =>
        WriteLine(json => JsonSerializer.Serialize(json, header, BackupJson.Default.BackupHeader));

    public void BeginTable(BackupTable table) =>
        WriteLine(json =>
        {
            json.WriteStartObject();
            json.WriteString(BackupFile.TableMember, table.Name);
            json.WriteEndObject();
        });

    public void WriteRow(BackupTable table, DbDataReader row)
    {
        WriteLine(json =>
        {
            json.WriteStartArray();
            for (var i = 0; i < table.Columns.Count; i++)
            {
                WriteValue(json, row, i, table.Columns[i].Type);
            }

            json.WriteEndArray();
        });
        rows++;
    }

    /// <summary>Completes the file and returns the number of rows.</summary>
    public long Finish(Sealer sealer, string installationId)
    {
        var end = new BackupEnd(
            Rows: rows,
            Seal: sealer.Seal(BackupFile.SealTable, installationId, BackupFile.SealColumn, digest.GetCurrentHash())
        );
        WriteLine(json => JsonSerializer.Serialize(json, end, BackupJson.Default.BackupEnd));
        packed.Flush();
        return rows;
    }

    public void Dispose()
    {
        packed.Dispose();
        line.Dispose();
        digest.Dispose();
    }

    private static void WriteValue(Utf8JsonWriter json, DbDataReader row, int column, BackupColumnType type)
    {
        if (row.IsDBNull(column))
        {
            json.WriteNullValue();
            return;
        }

        switch (type)
        {
            case BackupColumnType.Number:
                json.WriteNumberValue(row.GetInt64(column));
                break;
            case BackupColumnType.Text:
                json.WriteStringValue(row.GetString(column));
                break;
            default:
                json.WriteBase64StringValue(row.GetFieldValue<byte[]>(column));
                break;
        }
    }

    private void WriteLine(Action<Utf8JsonWriter> content)
    {
        line.SetLength(0);
        using (var json = new Utf8JsonWriter(line))
        {
            content(json);
        }

        line.Write(NewLine);
        var bytes = line.GetBuffer().AsSpan(0, (int)line.Length);
        digest.AppendData(bytes);
        packed.Write(bytes);
    }
}
