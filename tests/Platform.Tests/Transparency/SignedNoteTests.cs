using System.Security.Cryptography;
using Culvert.Platform.Transparency;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Transparency;

public sealed class SignedNoteTests
{
    private const string Origin = "id.test/v1/transparency";

    private readonly ECDsa secret = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private NoteKey Key => new(Origin, secret.ExportSubjectPublicKeyInfo());

    private static TreeHead Head => new(Origin, 42, MerkleHash.OfEntry([1]));

    [Fact]
    public void HasSigned_OwnNote_HoldsAfterReadingItBack()
    {
        var note = new SignedNote(Head.ToText(), [Key.Sign(secret, Head.ToText())]).ToString();

        var read = SignedNote.Parse(note).ShouldNotBeNull();

        read.ToString().ShouldBe(note);
        NoteKey.Parse(Key.ToString()).ShouldNotBeNull().HasSigned(read).ShouldBeTrue();
        TreeHead.Parse(read.Text).ShouldBe(Head);
    }

    [Fact]
    public void HasSigned_ChangedTextOrOtherKeyOrName_DoesNotHold()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signature = Key.Sign(secret, Head.ToText());
        var larger = (Head with { Size = 43 }).ToText();

        Key.HasSigned(new SignedNote(larger, [signature])).ShouldBeFalse();
        Key.HasSigned(new SignedNote(Head.ToText(), [Key.Sign(other, Head.ToText())])).ShouldBeFalse();
        Key.HasSigned(new SignedNote(Head.ToText(), [signature with { Name = "other" }])).ShouldBeFalse();
        new NoteKey(Origin, other.ExportSubjectPublicKeyInfo())
            .HasSigned(new SignedNote(Head.ToText(), [signature]))
            .ShouldBeFalse();
    }

    [Fact]
    public void HasSigned_WitnessesBesidesTheLog_AreIgnored()
    {
        var signature = Key.Sign(secret, Head.ToText());
        var witness = new NoteSignature("witness.test", 7, [1, 2, 3]);

        Key.HasSigned(new SignedNote(Head.ToText(), [witness, signature])).ShouldBeTrue();
        Key.HasSigned(new SignedNote(Head.ToText(), [witness])).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("text\n")]
    [InlineData("text\n\n")]
    [InlineData("text\n\nname AAAAAAA=\n")]
    [InlineData("text\n\n— name\n")]
    [InlineData("text\n\n— name AAAA\n")]
    [InlineData("text\n\n— name AAAAAAAA")]
    [InlineData("te\txt\n\n— name AAAAAAAA\n")]
    public void Parse_NoSignedNote_IsNull(string note) => SignedNote.Parse(note).ShouldBeNull();

    [Theory]
    [InlineData("origin\n042\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    [InlineData("origin\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    [InlineData("\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    [InlineData("origin\n1\nAAAA\n")]
    [InlineData("origin\n1\n")]
    public void Parse_NoTreeHead_IsNull(string text) => TreeHead.Parse(text).ShouldBeNull();

    [Fact]
    public void Parse_KeyWithAnothersId_IsNull()
    {
        var text = Key.ToString();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        NoteKey.Parse(text.Replace($"+{Key.KeyId:x8}+", "+00000000+", StringComparison.Ordinal)).ShouldBeNull();
        NoteKey.Parse("name+00000000").ShouldBeNull();
        NoteKey.Parse(new NoteKey(Origin, other.ExportSubjectPublicKeyInfo()).ToString()).ShouldBeNull();
    }

    [Fact]
    public void Entry_Text_NamesKindAndDigest() =>
        LogEntry
            .FromCheckpoint("abc")
            .ToString()
            .ShouldBe("agent_checkpoint sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
