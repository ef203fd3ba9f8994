using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;

namespace Culvert.Identity.Service.Backup;

/// <summary>
/// Reads a backup once, from the first line to the last. Its content must not be used before <see cref="Finish"/> has
/// verified that the file is complete and authentic.
/// </summary>
internal sealed class BackupReader : IDisposable
{
    private readonly IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Stream packed;
    private readonly BufferedStream lines;
    private readonly MemoryStream line = new();
    private JsonDocument? ahead;
    private long rows;

    private BackupReader(string path)
    {
        try
        {
            packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{path} cannot be read: {e.Message}", e);
        }

        lines = new BufferedStream(packed, 128 * 1024);
    }

    public BackupHeader Header { get; private set; } = null!;

    /// <summary>SHA-256 over everything read so far except the last line, lower-case hex: the sealed value.</summary>
    public string Digest => Convert.ToHexStringLower(digest.GetCurrentHash());

    public static BackupReader Open(string path)
    {
        var reader = new BackupReader(path);
        try
        {
            reader.Header = reader.ReadHeader();
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    public IEnumerable<(BackupTable Table, IEnumerable<object?[]> Rows)> Tables()
    {
        foreach (var table in Header.Tables)
        {
            if (
                Next() is not { RootElement: { ValueKind: JsonValueKind.Object } begin }
                || !begin.TryGetProperty(BackupFile.TableMember, out var name)
                || name.GetString() != table.Name
            )
            {
                throw Damaged($"the table {table.Name} is not where it belongs");
            }

            yield return (table, Rows(table));
        }
    }

    /// <summary>Verifies the file; call it after every row was read.</summary>
    public long Finish(Sealer sealer)
    {
        var computed = digest.GetCurrentHash();
        BackupEnd? end;
        try
        {
            end = ReadLine() is { } last ? last.Deserialize(BackupJson.Default.BackupEnd) : null;
        }
        catch (JsonException)
        {
            end = null;
        }

        if (end is null || end.Rows != rows || ReadLine() is not null)
        {
            throw Damaged("its last line is not the end of a backup");
        }

        var written = sealer.Unseal(BackupFile.SealTable, Header.InstallationId, BackupFile.SealColumn, end.Seal);
        return CryptographicOperations.FixedTimeEquals(written, computed)
            ? rows
            : throw Damaged("its content was changed");
    }

    public void Dispose()
    {
        lines.Dispose();
        packed.Dispose();
        line.Dispose();
        ahead?.Dispose();
        digest.Dispose();
    }

    private BackupHeader ReadHeader()
    {
        try
        {
            var header = Next()?.Deserialize(BackupJson.Default.BackupHeader);
            return header switch
            {
                { Format: BackupHeader.FormatName, Version: BackupHeader.FormatVersion } => header,
                { Format: BackupHeader.FormatName } => throw new BackupException(
                    $"It was written by {header.Program} in another format: restore it with that version."
                ),
                _ => throw new BackupException("The file is not a backup of an identity service."),
            };
        }
        catch (JsonException e)
        {
            throw new BackupException("The file is not a backup of an identity service.", e);
        }
    }

    private IEnumerable<object?[]> Rows(BackupTable table)
    {
        while (Peek() is { RootElement.ValueKind: JsonValueKind.Array } row)
        {
            object?[] values;
            try
            {
                values = Values(table, row.RootElement);
            }
            catch (Exception e) when (e is FormatException or InvalidOperationException or IndexOutOfRangeException)
            {
                throw Damaged($"a row of {table.Name} cannot be read");
            }

            Next();
            rows++;
            yield return values;
        }
    }

    private static object?[] Values(BackupTable table, JsonElement row)
    {
        var values = new object?[table.Columns.Count];
        if (row.GetArrayLength() != values.Length)
        {
            throw new FormatException();
        }

        for (var i = 0; i < values.Length; i++)
        {
            var value = row[i];
            values[i] =
                value.ValueKind == JsonValueKind.Null
                    ? null
                    : table.Columns[i].Type switch
                    {
                        BackupColumnType.Number => value.GetInt64(),
                        BackupColumnType.Text => value.GetString(),
                        _ => value.GetBytesFromBase64(),
                    };
        }

        return values;
    }

    // The last line is not part of the digest, so it must be read without being consumed.
    private JsonDocument? Peek() => ahead ??= ReadLine();

    private JsonDocument? Next()
    {
        var next = Peek();
        digest.AppendData(line.GetBuffer().AsSpan(0, (int)line.Length));
        ahead = null;
        return next;
    }

    private JsonDocument? ReadLine()
    {
        if (ahead is { } seen)
        {
            ahead = null;
            return seen;
        }

        line.SetLength(0);
        try
        {
            int next;
            while ((next = lines.ReadByte()) >= 0)
            {
                line.WriteByte((byte)next);
                if (next == '\n')
                {
                    return JsonDocument.Parse(line.GetBuffer().AsMemory(0, (int)line.Length).ToArray());
                }

                if (line.Length > BackupFile.MaxLineBytes)
                {
                    throw Damaged("a line is too long");
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or IOException)
        {
            throw Damaged(e.Message);
        }

        return line.Length == 0 ? null : throw Damaged("its last line is incomplete");
    }

    private static BackupException Damaged(string what) =>
        new($"The backup is damaged: {what}. Use another one, or copy it again.");
}
