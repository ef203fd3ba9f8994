using System.Security.Cryptography;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Console.SignIn;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

public sealed class BrowserProtectorTests
{
    private static readonly byte[] Value = [1, 2, 3];

    private readonly ConsoleCookie browser = ConsoleCookie.New();

    [Fact]
    public void Unprotect_WhatThisBrowserProtected_IsTheValue()
    {
        var protector = new BrowserProtector(browser, "state");

        protector.Unprotect(protector.Protect(Value)).ShouldBe(Value);
        protector.Protect(Value).ShouldNotBe(protector.Protect(Value));
    }

    [Fact]
    public void Unprotect_OfAnotherBrowserOrPurpose_Fails()
    {
        var box = new BrowserProtector(browser, "state").Protect(Value);

        ShouldFail(new BrowserProtector(ConsoleCookie.New(), "state"), box);
        ShouldFail(new BrowserProtector(browser, "nonce"), box);
        ShouldFail((BrowserProtector)new BrowserProtector(browser, "state").CreateProtector("nonce"), box);
    }

    [Fact]
    public void Unprotect_AnyAlteredByteOrLength_Fails()
    {
        var protector = new BrowserProtector(browser, "state");
        var box = protector.Protect(Value);
        for (var i = 0; i < box.Length; i++)
        {
            var altered = (byte[])box.Clone();
            altered[i] ^= 1;
            ShouldFail(protector, altered);
            ShouldFail(protector, box[..i]);
        }
    }

    private static void ShouldFail(BrowserProtector protector, byte[] box) =>
        Should.Throw<CryptographicException>(() => protector.Unprotect(box));
}
