#!/bin/bash
# Builds the guest: Debian's cloud kernel and a RAM disk of busybox on a small bootable disk. Sourced by dev/lab.

guest_modules=(virtio_pci virtio_blk virtio_net ata_piix sr_mod isofs evdev button)
guest_commands=(sh mount umount sleep echo cat cp sync insmod ip udhcpc poweroff mkdir dd date grep awk sed hostname nc zcat
  head tail tr cut uname acpid)

guest_image() {
  local image=$cache/guest.raw made_of
  made_of=$(cat "$lab"/guest/* <(packages_version) | sha256sum)
  [[ -e $image && $(cat "$cache/guest.made-of" 2> /dev/null) == "$made_of" ]] && return
  say "building the guest image (log: $logs/guest.log)"
  (
    set -e
    rm -rf "$cache/guest"
    mkdir -p "$cache/guest"
    cd "$cache/guest"
    unpack_kernel
    make_ramdisk
    make_disk "$image.part"
    rm -rf "$cache/guest"
    mv "$image.part" "$image"
  ) > "$logs/guest.log" 2>&1 &
  # Not `( .. ) || ..`, in which bash would ignore `set -e`.
  wait $! || {
    tail -n 15 "$logs/guest.log" >&2
    fail "the guest image could not be built: the end of $logs/guest.log is above"
  }
  echo "$made_of" > "$cache/guest.made-of"
}

unpack_kernel() {
  local package
  package=$(apt-cache depends linux-image-cloud-amd64 | awk '$1 == "Depends:" && $2 ~ /^linux-image-[0-9]/ { print $2; exit }')
  apt-get -o APT::Sandbox::User=root download "$package"
  dpkg-deb -x ./linux-image-*.deb kernel
  cp kernel/boot/vmlinuz-* vmlinuz
}

make_ramdisk() {
  local command version
  version=$(basename kernel/lib/modules/*)
  mkdir -p root/{bin,dev,proc,sys,mnt,modules,etc/acpi/PWRF}
  cp /bin/busybox root/bin/busybox
  for command in "${guest_commands[@]}"; do ln -s busybox "root/bin/$command"; done
  cp "$lab/guest/init" root/init
  cp "$lab/guest/dhcp" root/etc/dhcp
  cp "$lab/guest/power-button" root/etc/acpi/PWRF/00000080
  chmod 755 root/init root/etc/dhcp root/etc/acpi/PWRF/00000080

  # modprobe knows what needs what, also of another kernel than the running one. What is built in is left out.
  depmod -b kernel "$version"
  modprobe -d kernel -S "$version" -a --show-depends "${guest_modules[@]}" | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' > modules
  xargs cp -t root/modules < modules
  xargs -n 1 basename < modules > root/modules/order

  truncate -s 16M empty.ext4
  mkfs.ext4 -q empty.ext4
  gzip -9 < empty.ext4 > root/empty.ext4.gz
  (cd root && find . | cpio -o -H newc --quiet | gzip -9) > initrd
}

# A partition that begins at 1 MiB; sector 1000, before it, is where the guest counts on a boot volume.
make_disk() {
  local disk=$1 megabytes=32 start=2048
  rm -f "$disk"
  truncate -s ${megabytes}M "$disk"
  printf 'label: dos\nstart=%d, type=6, bootable\n' $start | sfdisk -q "$disk"
  dd if=/usr/lib/syslinux/mbr/mbr.bin of="$disk" bs=440 count=1 conv=notrunc status=none
  mformat -i "$disk@@$((start * 512))" -T $(((megabytes - 1) * 2048)) -h 16 -s 63 -H $start ::
  syslinux -i -t $((start * 512)) "$disk"
  mcopy -i "$disk@@$((start * 512))" "$lab/guest/syslinux.cfg" vmlinuz initrd ::/
}
