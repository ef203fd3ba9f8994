using System.Text;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Policy.Budgets;

/// <summary>The ledger's file, replaced when most charges have expired. Only one writer at a time.</summary>
internal sealed class BudgetFile : IDisposable
{
    private readonly string path;
    private FileStream stream;
    private long number;

    private BudgetFile(string path, FileStream stream, long number)
    {
        this.path = path;
        this.stream = stream;
        this.number = number;
    }

    public long Length => stream.Length;

    /// <exception cref="InvalidDataException">A line is missing or was changed.</exception>
    /// <exception cref="IOException">Disk error.</exception>
    public static BudgetFile Open(string path, Action<BudgetLine> add)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, PrivateFile.FolderMode);
        if (!File.Exists(path))
        {
            PrivateFile.Replace(path, default);
        }

        var text = File.ReadAllText(path, Encoding.ASCII);

        // A charge counts once its complete line is on the disk: before that, no call was made for it.
        var end = text.LastIndexOf('\n') + 1;
        var number = 0L;
        foreach (var written in text[..end].Split('\n')[..^1])
        {
            if (!BudgetLine.TryRead(written, out var line) || line.Number != number + 1)
            {
                throw new InvalidDataException($"{path}: line {number + 1} is not what the agent wrote.");
            }

            number = line.Number;
            add(line);
        }

        var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        stream.SetLength(end);
        stream.Position = end;
        return new BudgetFile(path, stream, number);
    }

    /// <summary>Returns when all lines are on the disk.</summary>
    /// <exception cref="IOException">Disk error: it is unknown which lines were written.</exception>
    public void Append(IReadOnlyCollection<(bool IsTakenBack, BudgetCharge Charge)> charges)
    {
        stream.Write(Format(charges, ref number));
        stream.Flush(flushToDisk: true);
    }

    /// <exception cref="IOException">Disk error; the old file is unchanged.</exception>
    public void Replace(IReadOnlyCollection<(bool IsTakenBack, BudgetCharge Charge)> charges)
    {
        var next = 0L;
        PrivateFile.Replace(path, Format(charges, ref next));
        PosixFile.FlushFolder(Path.GetDirectoryName(path)!);
        stream.Dispose();
        stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        number = next;
    }

    public void Dispose() => stream.Dispose();

    private static byte[] Format(IEnumerable<(bool IsTakenBack, BudgetCharge Charge)> charges, ref long number)
    {
        var text = new StringBuilder();
        foreach (var (isTakenBack, charge) in charges)
        {
            text.Append(new BudgetLine(++number, isTakenBack, charge)).Append('\n');
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
