using System.Buffers.Binary;
using System.Text;
using Culvert.Platform.Transparency;
using Org.BouncyCastle.Math.EC.Rfc8032;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Transparency;

public sealed class CosignatureKeyTests
{
    private const string Name = "witness.test/w1";
    private const string Text = "id.test/v1/transparency\n42\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    private const long Time = 1679315147;

    // RFC 8032 §7.1, test 1.
    private static readonly byte[] Secret = Convert.FromHexString(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    );

    private static readonly byte[] Public = Convert.FromHexString(
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    );

    private static CosignatureKey Key => new(Name, Public);

    [Fact]
    public void Parse_AVkey_IsTheKeyOfThatName()
    {
        // Key id: the first four bytes of SHA-256 of name, line break, 0x04 and public key.
        var id = Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData([.. Encoding.UTF8.GetBytes(Name + "\n"), 4, .. Public])
        )[..8];
        var text = $"{Name}+{id}+{Convert.ToBase64String([4, .. Public])}";

        CosignatureKey.Parse(text + "\n").ShouldBe(Key);
        Key.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("witness.test")]
    [InlineData("witness.test+00000000+BA==")]
    [InlineData("witness.test+xyz+BA==")]
    [InlineData("+00000000+BA==")]
    public void Parse_NoVkey_IsRefused(string text) => CosignatureKey.Parse(text).ShouldBeNull();

    [Fact]
    public void Parse_AnotherTypeNameOrId_IsRefused()
    {
        var text = Key.ToString();

        CosignatureKey.Parse("other" + text).ShouldBeNull(); // the id covers the name
        CosignatureKey.Parse(text.Replace($"{Key.KeyId:x8}", "00000000", StringComparison.Ordinal)).ShouldBeNull();
        CosignatureKey.Parse($"{Name}+{Key.KeyId:x8}+{Convert.ToBase64String([1, .. Public])}").ShouldBeNull();
        CosignatureKey.Parse(new CosignatureKey(Name, new byte[32]).ToString()).ShouldBeNull(); // of small order
    }

    [Fact]
    public void Find_AValidCosignature_GivesItsTime() =>
        Key.Find(Note(Sign())).ShouldNotBeNull().At.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(Time));

    [Fact]
    public void Find_SeveralOfOneKey_GivesTheNewest() =>
        Key.Find(Note(Sign(), Sign(time: Time + 9), Sign(time: Time + 3)))
            .ShouldNotBeNull()
            .At.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(Time + 9));

    [Fact]
    public void Find_WhatDoesNotHold_IsIgnored()
    {
        var valid = Sign();
        var moved = valid.Value.ToArray();
        moved[7]++; // another time than the one that was signed
        var forged = valid.Value.ToArray();
        forged[^1] ^= 1;

        NoteSignature[] bad =
        [
            valid with
            {
                Name = "witness.test/w2",
            },
            valid with
            {
                KeyId = 7,
            },
            valid with
            {
                Value = moved,
            },
            valid with
            {
                Value = forged,
            },
            valid with
            {
                Value = valid.Value[..^1],
            },
            valid with
            {
                Value = [.. Enumerable.Repeat((byte)255, 72)],
            },
            Sign(text: Text.Replace("42", "43", StringComparison.Ordinal)), // of another tree head
            Sign(header: "cosignature/v2"),
        ];
        foreach (var one in bad)
        {
            Key.Find(Note(one)).ShouldBeNull();
        }

        Key.Find(Note([.. bad, valid])).ShouldNotBeNull();
    }

    private static SignedNote Note(params NoteSignature[] signatures) => new(Text, signatures);

    // As c2sp.org/tlog-cosignature writes it.
    private static NoteSignature Sign(string text = Text, long time = Time, string header = "cosignature/v1")
    {
        var message = Encoding.UTF8.GetBytes($"{header}\ntime {time}\n{text}");
        var value = new byte[8 + Ed25519.SignatureSize];
        BinaryPrimitives.WriteInt64BigEndian(value, time);
        Ed25519.Sign(Secret, 0, message, 0, message.Length, value, 8);
        return new NoteSignature(Name, Key.KeyId, value);
    }
}
