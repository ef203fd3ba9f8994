using System.Text;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Audit.Export;

namespace Culvert.Tunnel.Agent.Tests.Audit.Export;

public sealed class RecordCursorTests
{
    private static readonly AuditSettings SmallFiles = AuditSettings.Default with { RotateBytes = 700, Keep = 100 };

    [Fact]
    public void Read_OneFile_GivesLinesAsTheyAre()
    {
        using var scene = new AuditScene();
        scene.Write(3);
        using var cursor = new RecordCursor(scene.Folder, 1);

        var lines = cursor.Read(100, long.MaxValue);

        lines.Select(line => line.Sequence).ShouldBe([1, 2, 3]);
        lines.Select(line => Encoding.UTF8.GetString(line.Json)).ShouldBe(scene.Lines);
        cursor.Read(100, long.MaxValue).ShouldBeEmpty();
        cursor.Missing.ShouldBe(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(20)]
    public void Read_ManyFiles_MissesAndRepeatsNothing(int from)
    {
        using var scene = new AuditScene(SmallFiles);
        for (var i = 0; i < 20; i++)
        {
            scene.Write(1);
        }

        scene.Folder.AllClosed().Count.ShouldBeGreaterThan(3);
        using var cursor = new RecordCursor(scene.Folder, from);

        ReadAll(cursor, 3).ShouldBe(Enumerable.Range(from, 21 - from).Select(n => (long)n));
    }

    [Fact]
    public void Read_WhileFilesAreClosed_Continues()
    {
        using var scene = new AuditScene(SmallFiles);
        using var cursor = new RecordCursor(scene.Folder, 1);
        var read = new List<long>();
        for (var i = 0; i < 12; i++)
        {
            scene.Write(2);
            read.AddRange(ReadAll(cursor, 100));
        }

        read.ShouldBe(Enumerable.Range(1, 24).Select(n => (long)n));
        scene.Folder.AllClosed().ShouldNotBeEmpty();
    }

    [Fact]
    public void Read_RemovedFiles_AreCounted()
    {
        using var scene = new AuditScene(SmallFiles with { Keep = 2 });
        for (var i = 0; i < 20; i++)
        {
            scene.Write(1);
        }

        using var cursor = new RecordCursor(scene.Folder, 1);
        var read = ReadAll(cursor, 100);

        read[^1].ShouldBe(20);
        cursor.Missing.ShouldBe(read[0] - 1);
        cursor.Missing.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Read_UpToARecord_LeavesTheRestForLater()
    {
        using var scene = new AuditScene();
        scene.Write(5);
        using var cursor = new RecordCursor(scene.Folder, 1);

        cursor.Read(100, long.MaxValue, last: 2).Count.ShouldBe(2);
        cursor.Read(100, long.MaxValue, last: 2).ShouldBeEmpty();
        cursor.Read(100, long.MaxValue, last: 5).Select(line => line.Sequence).ShouldBe([3, 4, 5]);
    }

    [Fact]
    public void Read_AWriteThatTheDiskUndid_IsReadAsItWasWrittenAgain()
    {
        using var scene = new AuditScene();
        scene.Write(1);
        using var cursor = new RecordCursor(scene.Folder, 1);
        var path = scene.Folder.Current + ".copy.jsonl";
        var folder = new AuditFolder(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        var line = scene.Lines[0];
        File.WriteAllText(path, line[..40]);
        using var copy = new RecordCursor(folder, 1);

        copy.Read(10, long.MaxValue).ShouldBeEmpty();
        File.WriteAllText(path, line + "\n");

        copy.Read(10, long.MaxValue).ShouldHaveSingleItem().Sequence.ShouldBe(1);
    }

    [Fact]
    public void Read_UnreadableLines_ArePassedOver()
    {
        using var scene = new AuditScene();
        scene.Write(2);
        var lines = scene.Lines;
        scene.Rewrite(_ => $"{lines[0]}\nno record\n\u0000\n{lines[1]}\n");
        using var cursor = new RecordCursor(scene.Folder, 1);

        cursor.Read(10, long.MaxValue).Select(line => line.Sequence).ShouldBe([1, 2]);
    }

    [Fact]
    public void Read_NoFiles_GivesNothing()
    {
        using var cursor = new RecordCursor(new AuditFolder("/nonexistent", "audit/calls.jsonl"), 1);

        cursor.Read(10, long.MaxValue).ShouldBeEmpty();
    }

    private static List<long> ReadAll(RecordCursor cursor, int count)
    {
        var read = new List<long>();
        while (cursor.Read(count, long.MaxValue) is { Count: > 0 } lines)
        {
            read.AddRange(lines.Select(line => line.Sequence));
        }

        return read;
    }
}
