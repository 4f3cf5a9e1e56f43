package kubeapi_test

import (
	"testing"

	"github.com/kreconcile/kreconcile/kubeapi"
)

func TestParseVersion(t *testing.T) {
	tests := []struct{ git, want string }{
		{"v1.36.3", "1.36.3"},
		{"1.36.3", "1.36.3"},
		{"v1.31.4-gke.1183000", "1.31.4"},
		{"v1.29.3-eks-adc7111", "1.29.3"},
		{"v1.30.2+k3s1", "1.30.2"},
		{"v1.30.2-rc.1+rke2r1", "1.30.2-rc.1"},
		{"v1.27.3-aliyun.1", "1.27.3"},
		{"v1.28.2-vmware.1-fips.2", "1.28.2"},
		{"v1.28.4+vmware.1-fips.1", "1.28.4"},
		{"v1.33.1+IKS", "1.33.1"},
		{"v1.25.4-tke.10", "1.25.4"},
		{"v1.29.10+d0ba3b7", "1.29.10"},
		{"v1.26.9-r0-CCE23.10", "1.26.9"},
		{"v1.32.0-mirantis-1", "1.32.0"},
		{"v1.31.0-alpha.2.15+0123456789abcd", "1.31.0-alpha.2"},
		{"v1.31.0-beta.0", "1.31.0-beta.0"},
		{"v1.31.0-rc.1", "1.31.0-rc.1"},
		{"v1.31.0-rc1", "1.31.0-rc.1"},
		{"v1.31.0-rc.01", "1.31.0-rc.1"},
		{"v1.31.0-RC.1", "1.31.0-rc.1"},
		{"v1.31.0-rc", "1.31.0-rc"},
		{"v1.31.0-alpha-dirty", "1.31.0-alpha"},
		{"v1.31.0-rca", "1.31.0"},
		{"v1.31.0-betacloud.1", "1.31.0"},
		{"v1.30.4.5-vendor", "1.30.4"},
		{"v1.30.4+rc.1", "1.30.4"},
		{"v1.30.4-", "1.30.4"},
		{"v1.30.04", "1.30.4"},

		// The patch is unreadable or missing.
		{"v1.27", "1.27"},
		{"v1.27.", "1.27"},
		{"v1.27.x", "1.27"},
		{"v1.27.-1", "1.27"},
		{"v1.27-vendor", "1.27"},
		{"v1.30-gke.5", "1.30"},
		{"v1.30+k3s1", "1.30"},
		{"v1.30.4_vendor", "1.30"},
		{"v1.30.4~1", "1.30"},
		{"v1.30.4 vendor", "1.30"},
		{"v1.30.4,vendor", "1.30"},
		{"v1.30.4/vendor", "1.30"},
		{"v1.30.4\n", "1.30"},
		{"v1.30.4x", "1.30"},
		{"v1.30.4rc1", "1.30"},
		{"v1.30.4.rc1", "1.30"},
		{"v1.30.4-rc_1", "1.30"},
		{"v1.30.1234567890", "1.30"},
		{"v1.30.-rca", "1.30"},

		// It may also be a pre-release.
		{"v1.30-rc.1", "1.30-rc"},
		{"v1.30rc1", "1.30-rc"},
		{"v1.30.x-beta.1", "1.30-beta"},
		{"v1.30.0rc1", "1.30-rc"},
		{"v1.30.0.rc1", "1.30-rc"},
		{"v1.30.0~rc1", "1.30-rc"},
		{"v1.30.0_Alpha", "1.30-alpha"},
		{"v1.31.0-rc_1", "1.31-rc"},
		{"v1.31.0-beta.x", "1.31-beta"},
		{"v1.31.0-rc.1_x", "1.31-rc"},
		{"v1.31.0-rc.1234567890", "1.31-rc"},

		{"", ""},
		{"v1", ""},
		{"latest", ""},
		{"v1.31x", ""},
		{"v1.31_vendor", ""},
		{"v1.1234567890.0", ""},
		{" v1.31.0", ""},
		{"V1.31.0", ""},
		{"v-1.31.0", ""},
	}
	for _, tt := range tests {
		t.Run(tt.git, func(t *testing.T) {
			got, err := kubeapi.ParseVersion(tt.git)
			if (err != nil) != (tt.want == "") {
				t.Fatalf("error is %v", err)
			}
			if err == nil && got.String() != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestParseMajorMinor(t *testing.T) {
	tests := []struct{ major, minor, want string }{
		{"1", "27", "1.27"},
		{"1", "27+", "1.27"},
		{"1+", "27", "1.27"},
		{"", "27", ""},
		{"1", "", ""},
		{"1", "27++", ""},
		{"1", "-1", ""},
	}
	for _, tt := range tests {
		t.Run(tt.major+"."+tt.minor, func(t *testing.T) {
			got, err := kubeapi.ParseMajorMinor(tt.major, tt.minor)
			if (err != nil) != (tt.want == "") {
				t.Fatalf("error is %v", err)
			}
			if err == nil && got.String() != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func FuzzParseVersion(f *testing.F) {
	for _, seed := range []string{"v1.31.4-gke.1183000", "v1.31.0-rc.1", "1.30.2+k3s1", "v1", "v1.30.4_vendor", "v1.30.x-beta.1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, git string) {
		v, err := kubeapi.ParseVersion(git)
		if err != nil {
			return
		}
		again, err := kubeapi.ParseVersion(v.String())
		if err != nil || again != v {
			t.Errorf("%q reads as %v, and that as %v (%v)", git, v, again, err)
		}
	})
}
